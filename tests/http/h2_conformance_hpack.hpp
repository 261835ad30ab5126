#pragma once

#include "h2_conformance_case.hpp"

/// RFC 7541.
namespace gyre::test::h2 {

namespace hpack {

/// A string in Huffman's code, whose bits are given (5.2).
inline std::string coded(std::string_view bits) { return hpack_integer(7, 0x80, bits.size()).append(bits); }
/// "custom-key" and "custom-value" (C.4.3).
inline const std::string key = coded("\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f");
inline const std::string value = coded("\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf");

}  // namespace hpack

inline Topic hpack_good() {
  using namespace hpack;
  const std::string start = plain_block();
  const auto good = [&](const std::string& what, const std::string& more) {
    return Case{what, {get_block(start + more)}, "1:200(5) alive"};
  };
  const auto first = [&](const std::string& what, const std::string& bytes) {
    return Case{what, {get_block(bytes + start)}, "1:200(5) alive"};
  };
  return {"RFC 7541 2 to 6, what is valid",
          {
              {"indexed fields",
               {get_block(indexed(2) + indexed(6) + indexed(4) + literal_with_name(1, "a.test"))},
               "1:200(5) alive"},
              good("with indexing, an indexed name", hpack_integer(6, 0x40, 58) + hpack_string("x")),
              good("with indexing, an indexed name, coded", hpack_integer(6, 0x40, 58) + value),
              good("with indexing, a new name", literal_with_indexing("x", "y")),
              good("with indexing, a new name, coded", "\x40" + key + value),
              good("without indexing, an indexed name", literal_with_name(58, "x")),
              good("without indexing, an indexed name, coded", hpack_integer(4, 0, 58) + value),
              good("without indexing, a new name", literal("x", "y")),
              good("without indexing, a new name, coded", std::string(1, '\0') + key + value),
              good("never indexed, an indexed name", hpack_integer(4, 0x10, 58) + hpack_string("x")),
              good("never indexed, an indexed name, coded", hpack_integer(4, 0x10, 58) + value),
              good("never indexed, a new name", literal_never_indexed("x", "y")),
              good("never indexed, a new name, coded", "\x10" + key + value),
              good("a new entry is used at once", literal_with_indexing("x", "y") + indexed(62) + indexed(62)),
              good("the name of a new entry", literal_with_indexing("x", "y") + literal_with_name(62, "z")),
              good("an entry larger than the table empties it",
                   literal_with_indexing("x", "y") + literal_with_indexing("z", std::string(4'100, 'z'))),
              good("the last entry of the static table", literal_with_name(61, "x")),
              good("an integer in more bytes than needed", std::string("\x0f\xab\x80\x00", 4) + hpack_string("x")),
              good("an empty string, coded", std::string(1, '\0') + hpack_string("x") + coded("")),
              first("the table emptied", table_size(0)),
              first("the table as large as may be", table_size(4096)),
              first("the table emptied and large again", table_size(0) + table_size(4096)),
              first("the table small, thrice", table_size(1) + table_size(2) + table_size(3)),
              {"entries last from one request to the next",
               {get_block(start + literal_with_indexing("x", "y")), get_block(start + indexed(62), 3)},
               "1:200(5) 3:200(5) alive"},
              {"a name that is kept while its entry goes",
               {get_block(table_size(40) + start + literal_with_indexing("ab", "cd") + "\x7e" + hpack_string("ef") +
                          indexed(62))},
               "1:200(5) alive"},
          }};
}

inline Topic hpack_bad() {
  using namespace hpack;
  const std::string start = plain_block();
  const std::string outcome = "GOAWAY COMPRESSION_ERROR ended";
  const auto bad = [&](const std::string& what, const std::string& more) {
    return Case{what, {get_block(start + more)}, outcome};
  };
  const auto named = [](const std::string& text) { return std::string(1, '\0') + hpack_string("x") + text; };
  return {
      "RFC 7541 2 to 6, what is not",
      {
          bad("index 0", "\x80"),
          bad("an index behind the tables", indexed(62)),
          bad("an index far behind the tables", indexed(70)),
          bad("an index behind the dynamic table", literal_with_indexing("x", "y") + indexed(63)),
          bad("an index that an emptied table had",
              literal_with_indexing("x", "y") + literal_with_indexing("z", std::string(4'100, 'z')) + indexed(62)),
          bad("a name behind the tables", hpack_integer(6, 0x40, 62) + hpack_string("x")),
          bad("a name behind the tables, without indexing", literal_with_name(62, "x")),
          bad("a name behind the tables, never indexed", hpack_integer(4, 0x10, 62) + hpack_string("x")),
          bad("an index of more than 32 bits", std::string("\xff\x80\x80\x80\x80\x10")),
          bad("an index that does not end", "\xff" + std::string(20, '\x80')),
          bad("an index that does not end, all ones", "\xff" + std::string(20, '\xff')),
          bad("a length of more than 32 bits", std::string("\x00\x7f\xff\xff\xff\xff\x7f", 7)),
          bad("a length beyond the block", std::string("\x00\x05x", 3)),
          bad("a name without a value", std::string(1, '\0') + hpack_string("x")),
          bad("half a name", std::string("\x40\x03xy")),
          bad("half an integer", "\x7f"),
          bad("half an integer, longer", "\x7f\x80"),
          bad("a type and nothing else", std::string(1, '\0')),
          bad("Huffman's code with more than 7 bits of padding", named(coded("\x1f\xff"))),
          bad("Huffman's code with 8 bits of padding", named(coded("\xf8\xff"))),
          bad("Huffman's code padded with zeros", named(coded("\x18"))),
          bad("Huffman's code padded with other bits", named(coded("\x1e"))),
          bad("Huffman's code with the end of string", named(coded("\xff\xff\xff\xff"))),
          bad("Huffman's code with the end of string inside", named(coded("\x1f\xff\xff\xff\xfe\x3f"))),
          bad("Huffman's code of a byte of ones", named(coded("\xff"))),
          bad("Huffman's code that is padded in a name", std::string(1, '\0') + coded("\x1f\xff") + hpack_string("y")),
          bad("the table's size at the end of a block", table_size(1)),
          bad("the table's size within a block", table_size(1) + literal("x", "y")),
          {"the table larger than agreed on", {get_block(table_size(4097) + start)}, outcome},
          {"the table much larger than agreed on", {get_block(table_size(0xffffffffU) + start)}, outcome},
          {"a size of more than 32 bits", {get_block("\x3f\xff\xff\xff\xff\x7f" + start)}, outcome},
          {"in trailers", {post(1, "/hold") + headers(1, std::string_view("\x80"))}, outcome},
          {"in trailers of a stream that was reset",
           {post(1, "/", {{"te", "x"}}), headers(1, std::string_view("\x80"))},
           "RST 1 PROTOCOL_ERROR " + outcome},
      }};
}

inline Topic hpack_untabled() {
  using enum Begin;
  using enum Preset;
  const std::string start = plain_block();
  const std::string greeting = preface();
  return {"RFC 7541 4.2 a table of 0",
          {
              {"said at the first block",
               {greeting, settings_ack() + get_block(table_size(0) + start)},
               "ACK 1:200(5) alive",
               bare,
               untabled},
              {"not said at the first block",
               {greeting, settings_ack() + get_block(start)},
               "ACK GOAWAY COMPRESSION_ERROR ended",
               bare,
               untabled},
              {"another size said at the first block",
               {greeting, settings_ack() + get_block(table_size(1) + start)},
               "ACK GOAWAY COMPRESSION_ERROR ended",
               bare,
               untabled},
              {"not known yet",
               {greeting + get_block(start + literal_with_indexing("x", "y") + indexed(62))},
               "ACK 1:200(5) alive",
               bare,
               untabled},
              {"no entry is kept",
               {greeting,
                settings_ack() + get_block(table_size(0) + start + literal_with_indexing("x", "y") + indexed(62))},
               "ACK GOAWAY COMPRESSION_ERROR ended",
               bare,
               untabled},
          }};
}

}  // namespace gyre::test::h2
