/*
 * string_view.h - a constant text of the vDSO's (zircon/string_view.h). In C++ it becomes any
 * type that is made of a pointer to bytes and a length: std::string_view, std::string.
 */
#pragma once

#include <stdint.h>

typedef struct zx_string_view {
    const char *c_str; /* ends with NUL */
    uint64_t length;

#ifdef __cplusplus
    typedef char value_type;
    typedef const char *const_pointer;
    typedef uint64_t size_type;

    const_pointer data() const
    {
        return c_str;
    }
    size_type size() const
    {
        return length;
    }
    /* No candidate where the type's elements are no bytes. */
    template <typename T, typename = char[sizeof(typename T::value_type) == 1 ? 1 : -1]>
    operator T() const
    {
        return {reinterpret_cast<typename T::const_pointer>(c_str), length};
    }
#endif
} zx_string_view_t;
