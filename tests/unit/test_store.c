#include "test.h"
#include "store_home.h"

TEST(a_new_store_opens_again_and_holds)
{
    struct faults f;
    home_new();
    f = verify();
    CHECK_STR(f.all, "");
    f = verify();
    CHECK_STR(f.all, "");
    home_remove();
}
