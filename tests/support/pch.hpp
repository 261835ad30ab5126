// Precompiled for every test executable: Catch2 2.13 is one large header. Tests include what they use all the same.
#include <catch2/catch.hpp>
