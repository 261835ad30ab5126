#pragma once

// What describes a type, for JSON, queries, forms and header fields: BOOST_DESCRIBE_STRUCT and BOOST_DESCRIBE_ENUM,
// names and options, and rules. Included by the headers that read such types.

#include <gyre/web/json_format.hpp>
#include <gyre/web/validation.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
