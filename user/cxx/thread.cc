/*
 * thread.cc - std::thread, and clocks.
 */
#include <chrono>
#include <thread>

#include <time.h>
#include <unistd.h>

_LIBCPP_BEGIN_NAMESPACE_STD

thread::~thread()
{
    if (joinable())
        terminate();
}

void thread::join()
{
    if (!joinable() || __libcpp_thread_join(&__t_) != 0)
        terminate();
    __t_ = _LIBCPP_NULL_THREAD;
}

void thread::detach()
{
    if (!joinable() || __libcpp_thread_detach(&__t_) != 0)
        terminate();
    __t_ = _LIBCPP_NULL_THREAD;
}

unsigned thread::hardware_concurrency() noexcept
{
    return static_cast<unsigned>(sysconf(_SC_NPROCESSORS_ONLN));
}

namespace this_thread
{

void sleep_for(const chrono::nanoseconds &time)
{
    if (time > chrono::nanoseconds::zero())
        __libcpp_thread_sleep_for(time);
}

} // namespace this_thread

/* What a thread does at its end for <future> and notify_all_at_thread_exit, which there are
 * not. */
__thread_struct::__thread_struct() : __p_(nullptr)
{
}
__thread_struct::~__thread_struct() = default;

template <> void __thread_specific_ptr<__thread_struct>::__at_thread_exit(void *p)
{
    delete static_cast<__thread_struct *>(p);
}

template <> __thread_specific_ptr<__thread_struct>::__thread_specific_ptr()
{
    if (__libcpp_tls_create(&__key_, &__thread_specific_ptr::__at_thread_exit) != 0)
        abort();
}

template <> __thread_specific_ptr<__thread_struct>::~__thread_specific_ptr()
{
}

template <> void __thread_specific_ptr<__thread_struct>::set_pointer(pointer p)
{
    __libcpp_tls_set(__key_, p);
}

__thread_specific_ptr<__thread_struct> &__thread_local_data()
{
    static auto *data = new __thread_specific_ptr<__thread_struct>;

    return *data;
}

namespace chrono
{

static nanoseconds now_of(clockid_t clock)
{
    timespec time;

    clock_gettime(clock, &time);
    return seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

steady_clock::time_point steady_clock::now() noexcept
{
    return time_point(now_of(CLOCK_MONOTONIC));
}

system_clock::time_point system_clock::now() noexcept
{
    return time_point(duration_cast<duration>(now_of(CLOCK_REALTIME)));
}

time_t system_clock::to_time_t(const time_point &time) noexcept
{
    return duration_cast<seconds>(time.time_since_epoch()).count();
}

system_clock::time_point system_clock::from_time_t(time_t time) noexcept
{
    return time_point(seconds(time));
}

} // namespace chrono

_LIBCPP_END_NAMESPACE_STD
