// expect: gyre::compat::httplib has the server half of cpp-httplib only: for httplib::Client include
#include <gyre/compat/httplib.hpp>

int main() { gyre::compat::httplib::Client client{"http://localhost:8080"}; }
