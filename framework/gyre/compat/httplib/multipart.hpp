#pragma once

#include <map>
#include <string>
#include <vector>

namespace gyre::compat::httplib {

/// A part of a multipart form: a field, or a file if it has a file name.
struct MultipartFormData {
  std::string name;
  std::string content;
  std::string filename;
  std::string content_type;
};

/// Parts in their order.
using MultipartFormDataItems = std::vector<MultipartFormData>;
/// Parts by their names.
using MultipartFormDataMap = std::multimap<std::string, MultipartFormData>;

}  // namespace gyre::compat::httplib
