#pragma once

// The articles of HttpArena's JSON profiles: GET /json/COUNT?m=N answers with the first COUNT of a dataset, each with
// its total, price times quantity times N.

#include <gyre/web/json.hpp>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gyre_benchmark {

struct Rating {
  long long score = 0;
  long long count = 0;
};
BOOST_DESCRIBE_STRUCT(Rating, (), (score, count))

/// As it stands in the dataset.
struct Item {
  long long id = 0;
  std::string name;
  std::string category;
  long long price = 0;
  long long quantity = 0;
  bool active = false;
  std::vector<std::string> tags;
  Rating rating;
};
BOOST_DESCRIBE_STRUCT(Item, (), (id, name, category, price, quantity, active, tags, rating))

/// As it is answered. Its texts are those of the dataset.
struct PricedItem {
  long long id = 0;
  std::string_view name;
  std::string_view category;
  long long price = 0;
  long long quantity = 0;
  bool active = false;
  std::vector<std::string_view> tags;
  Rating rating;
  long long total = 0;
};
BOOST_DESCRIBE_STRUCT(PricedItem, (), (id, name, category, price, quantity, active, tags, rating, total))

struct PricedItems {
  std::vector<PricedItem> items;
  std::size_t count = 0;
};
BOOST_DESCRIBE_STRUCT(PricedItems, (), (items, count))

/// Reads a dataset. Throws `std::runtime_error` with what is wrong with it.
inline std::vector<Item> read_items(const std::string& path) {
  std::ifstream file{path};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file) throw std::runtime_error{path + " cannot be read"};
  std::vector<Item> items;
  if (const gyre::JsonOutcome read = gyre::from_json(text, items); !read) {
    throw std::runtime_error{path + ": " + (read.detail.empty() ? "not a dataset" : read.detail)};
  }
  return items;
}

/// The first `count` of them, or all. Valid as long as `items`.
inline PricedItems price(const std::vector<Item>& items, std::size_t count, long long factor) {
  PricedItems priced;
  priced.count = std::min(count, items.size());
  priced.items.reserve(priced.count);
  for (std::size_t index = 0; index < priced.count; ++index) {
    const Item& item = items[index];
    priced.items.push_back({.id = item.id,
                            .name = item.name,
                            .category = item.category,
                            .price = item.price,
                            .quantity = item.quantity,
                            .active = item.active,
                            .tags = {item.tags.begin(), item.tags.end()},
                            .rating = item.rating,
                            .total = item.price * item.quantity * factor});
  }
  return priced;
}

}  // namespace gyre_benchmark
