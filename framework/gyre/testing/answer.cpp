#include <gyre/testing/answer.hpp>

#include <gyre/wire/fields.hpp>

namespace gyre::testing {
namespace {

const AnswerField* find(const std::vector<AnswerField>& fields, std::string_view name) noexcept {
  for (const AnswerField& field : fields) {
    if (equal_ignoring_case(field.name, name)) return &field;
  }
  return nullptr;
}

std::string_view value_of(const AnswerField* field) noexcept {
  return field == nullptr ? std::string_view{} : std::string_view{field->value};
}

}  // namespace

std::string_view Answer::header(std::string_view name) const noexcept { return value_of(find(fields_, name)); }
bool Answer::has_header(std::string_view name) const noexcept { return find(fields_, name) != nullptr; }
std::string_view Answer::trailer(std::string_view name) const noexcept { return value_of(find(trailers_, name)); }

}  // namespace gyre::testing
