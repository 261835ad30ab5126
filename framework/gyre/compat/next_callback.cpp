#include <gyre/compat/next_callback.hpp>

#include <stdexcept>

namespace gyre {

void NextCallback::operator()(std::exception_ptr failure, std::source_location where) const noexcept {
  if (!failure) return (*this)(where);
  reply_.fail(std::move(failure), where);
}

void NextCallback::operator()(Status status, std::source_location where) const noexcept {
  reply_.fail(std::make_exception_ptr(HttpError{status}), where);
}

void NextCallback::operator()(const std::string& text, std::source_location where) const noexcept {
  reply_.fail(std::make_exception_ptr(std::runtime_error{text}), where);
}

void NextCallback::operator()(const char* text, std::source_location where) const noexcept {
  if (text == nullptr) return (*this)(where);
  reply_.fail(std::make_exception_ptr(std::runtime_error{text}), where);
}

}  // namespace gyre
