#include <gyre/compat/httplib/request.hpp>

namespace gyre::compat::httplib {

std::string Request::get_param_value(const std::string& key, std::size_t id) const {
  auto [first, last] = params.equal_range(key);
  for (; first != last && id > 0; --id) ++first;
  return first == last ? std::string{} : first->second;
}

bool Request::is_multipart_form_data() const {
  return get_header_value("Content-Type").starts_with("multipart/form-data");
}

MultipartFormData Request::get_file_value(const std::string& key) const {
  const auto file = files.find(key);
  return file == files.end() ? MultipartFormData{} : file->second;
}

}  // namespace gyre::compat::httplib
