// expect: gyre: JSON knows no form of this type: .*std::vector \(not of bool\)
#include <gyre/web/json.hpp>

int main() { return static_cast<int>(gyre::to_json(std::vector<bool>{}).size()); }
