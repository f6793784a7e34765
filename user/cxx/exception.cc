/*
 * exception.cc - the classes of exceptions, which nothing throws, and how a program ends
 * instead.
 */
#include <exception>
#include <new>
#include <optional>
#include <variant>

#include <stdio.h>
#include <stdlib.h>

namespace std
{

exception::~exception() noexcept = default;

const char *exception::what() const noexcept
{
    return "std::exception";
}

bad_alloc::bad_alloc() noexcept = default;
bad_alloc::~bad_alloc() noexcept = default;

const char *bad_alloc::what() const noexcept
{
    return "std::bad_alloc";
}

bad_array_new_length::bad_array_new_length() noexcept = default;
bad_array_new_length::~bad_array_new_length() noexcept = default;

const char *bad_array_new_length::what() const noexcept
{
    return "std::bad_array_new_length";
}

bad_optional_access::~bad_optional_access() noexcept = default;

const char *bad_optional_access::what() const noexcept
{
    return "std::bad_optional_access";
}

const char *bad_variant_access::what() const noexcept
{
    return "std::bad_variant_access";
}

/* --- std::terminate --- */

static terminate_handler handler = abort;

terminate_handler set_terminate(terminate_handler now) noexcept
{
    return __atomic_exchange_n(&handler, now ? now : abort, __ATOMIC_ACQ_REL);
}

terminate_handler get_terminate() noexcept
{
    return __atomic_load_n(&handler, __ATOMIC_ACQUIRE);
}

void terminate() noexcept
{
    get_terminate()();
    abort();
}

int uncaught_exceptions() noexcept
{
    return 0;
}

} // namespace std

_LIBCPP_BEGIN_NAMESPACE_STD

/* What it would say, since nobody catches it. */
void __throw_runtime_error(const char *what)
{
    fprintf(stderr, "std::runtime_error: %s\n", what);
    abort();
}

void __throw_system_error(int error, const char *what)
{
    fprintf(stderr, "std::system_error: %s: %d\n", what, error);
    abort();
}

_LIBCPP_END_NAMESPACE_STD
