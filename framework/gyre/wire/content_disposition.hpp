#pragma once

#include <string>
#include <string_view>

namespace gyre::wire {

/// Appends the value of a Content-Disposition that asks for the content to be saved under that name (RFC 6266), which
/// is UTF-8: `attachment; filename="report.pdf"`. A name that is more than plain ASCII goes out in both forms,
/// `filename*=UTF-8''...` for who knows it, and with "_" in the place of what the other form cannot say. Slashes,
/// backslashes and controls become "_" in both: no name is a path. Empty: no name, the user agent finds one.
void append_attachment(std::string& out, std::string_view file_name);

}  // namespace gyre::wire
