// expect: gyre_error_pattern_has_more_than_32_segments
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32/33",
             [] { return ""; });
}
