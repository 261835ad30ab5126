#pragma once

#include <gyre/web/detail/json_type.hpp>
#include <gyre/web/extract.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::internal {

/// Stores named texts in the members of a flat struct (`detail::is_flat`), and takes down what is wrong with them.
class MemberReader final {
 public:
  /// How a member is called where the texts come from.
  enum class Names : std::uint8_t {
    as_described,  ///< By its name in JSON.
    as_fields,     ///< By that with "-" for "_", in any case, as header fields are. Their values are any bytes.
  };

  MemberReader(const detail::JsonObject& object, void* target, Names names) noexcept
      : object_(object), target_(target), names_(names) {}
  MemberReader(const MemberReader&) = delete;
  MemberReader& operator=(const MemberReader&) = delete;

  /// A text for the member of that name. Views into it stay in members that are views.
  void read(std::string_view name, std::string_view text);

  /// No more follows: looks for what is missing, and checks the rules.
  void finish();

  bool is_good() const noexcept { return violations_.empty(); }
  /// What a request with such values is answered with. `place` is what `errors` call a name. Only where it is not good.
  Rejection rejection(Request& request, Status status, std::string_view detail, std::string_view place) const;

 private:
  class RuleReport;

  bool is_name(const detail::JsonMember& member, std::string_view name) const noexcept;
  std::size_t find(std::string_view name) noexcept;
  void store(std::size_t member, std::string_view text);
  bool store_scalar(const detail::JsonType& type, std::string_view text, void* target) const;
  void report(std::size_t member, std::string detail);
  void report(std::string name, std::string detail);
  std::string name_of(const detail::JsonMember& member) const;

  const detail::JsonObject& object_;
  void* target_;
  Names names_;
  std::size_t expected_ = 0;  // the member that comes next, if they come in order
  std::uint64_t seen_ = 0;
  std::uint64_t failed_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace gyre::internal
