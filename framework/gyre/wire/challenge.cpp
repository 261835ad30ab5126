#include <gyre/wire/challenge.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <algorithm>

namespace gyre::wire {
namespace {

bool can_be_written(const ChallengeParameter& parameter) noexcept {
  if (!is_token(parameter.name)) return false;
  return parameter.form == ChallengeParameter::Form::token ? is_token(parameter.value)
                                                           : is_field_value(parameter.value);
}

}  // namespace

Result<void> append_challenge(std::string& out, std::string_view scheme,
                              std::span<const ChallengeParameter> parameters) {
  if (!is_token(scheme) || !std::all_of(parameters.begin(), parameters.end(), can_be_written)) {
    return Errc::invalid_argument;
  }
  if (!out.empty()) out += ", ";
  out += scheme;
  std::string_view separator = " ";
  for (const ChallengeParameter& parameter : parameters) {
    ((out += separator) += parameter.name) += '=';
    if (parameter.form == ChallengeParameter::Form::token) {
      out += parameter.value;
    } else if (const Result<void> written = append_quoted(out, parameter.value); !written) {
      return written;
    }
    separator = ", ";
  }
  return {};
}

}  // namespace gyre::wire
