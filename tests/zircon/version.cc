/*
 * version.cc - the version's text, in C++.
 */
#include "tests/zircon/version14.h"
#include "tests/zircon/ztest.h"

#include <string>
#include <string_view>

#include <zircon/syscalls.h>

CASE(VersionTest, StdStringView)
{
    zx_string_view_t version = zx_system_get_version_string();
    std::string_view view = zx_system_get_version_string();

    EXPECT_EQ(view.size(), version.length);
    EXPECT_TRUE(view.data() == version.c_str);
    EXPECT_TRUE(view == version.c_str);
    EXPECT_GT(view.size(), 0);
    EXPECT_EQ(version.size(), view.size());
    EXPECT_TRUE(version.data() == view.data());
}

CASE(VersionTest, StdString)
{
    zx_string_view_t version = zx_system_get_version_string();
    std::string text = zx_system_get_version_string();

    EXPECT_EQ(text.size(), version.length);
    EXPECT_TRUE(text == version.c_str);
}

CASE(VersionTest, CXX14StdString)
{
    zx_string_view_t version = zx_system_get_version_string();
    std::string text = version_assigned();

    EXPECT_EQ(text.size(), version.length);
    EXPECT_TRUE(text == version.c_str);
    EXPECT_TRUE(version_returned() == text);
}
