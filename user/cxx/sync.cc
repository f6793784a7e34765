/*
 * sync.cc - mutexes, condition variables and what is done once, over pthread.h.
 */
#include <condition_variable>
#include <mutex>

_LIBCPP_BEGIN_NAMESPACE_STD

static void check(int error, const char *what)
{
    if (error)
        __throw_system_error(error, what);
}

mutex::~mutex() noexcept
{
    __libcpp_mutex_destroy(&__m_);
}

void mutex::lock()
{
    check(__libcpp_mutex_lock(&__m_), "mutex lock failed");
}

bool mutex::try_lock() noexcept
{
    return __libcpp_mutex_trylock(&__m_);
}

void mutex::unlock() noexcept
{
    __libcpp_mutex_unlock(&__m_);
}

recursive_mutex::recursive_mutex()
{
    check(__libcpp_recursive_mutex_init(&__m_), "recursive_mutex constructor failed");
}

recursive_mutex::~recursive_mutex()
{
    __libcpp_recursive_mutex_destroy(&__m_);
}

void recursive_mutex::lock()
{
    check(__libcpp_recursive_mutex_lock(&__m_), "recursive_mutex lock failed");
}

bool recursive_mutex::try_lock() noexcept
{
    return __libcpp_recursive_mutex_trylock(&__m_);
}

void recursive_mutex::unlock() noexcept
{
    __libcpp_recursive_mutex_unlock(&__m_);
}

timed_mutex::timed_mutex() : __locked_(false)
{
}
timed_mutex::~timed_mutex() = default;

void timed_mutex::lock()
{
    unique_lock<mutex> own(__m_);

    while (__locked_)
        __cv_.wait(own);
    __locked_ = true;
}

bool timed_mutex::try_lock() noexcept
{
    unique_lock<mutex> own(__m_);

    if (__locked_)
        return false;
    return __locked_ = true;
}

void timed_mutex::unlock() noexcept
{
    unique_lock<mutex> own(__m_);

    __locked_ = false;
    __cv_.notify_one();
}

/* --- condition variables --- */

condition_variable::~condition_variable()
{
    __libcpp_condvar_destroy(&__cv_);
}

void condition_variable::notify_one() noexcept
{
    __libcpp_condvar_signal(&__cv_);
}

void condition_variable::notify_all() noexcept
{
    __libcpp_condvar_broadcast(&__cv_);
}

void condition_variable::wait(unique_lock<mutex> &lock) noexcept
{
    __libcpp_condvar_wait(&__cv_, lock.mutex()->native_handle());
}

void condition_variable::__do_timed_wait(
    unique_lock<mutex> &lock,
    chrono::time_point<chrono::system_clock, chrono::nanoseconds> until) noexcept
{
    using namespace chrono;
    nanoseconds at = until.time_since_epoch();
    seconds whole = duration_cast<seconds>(at);
    __libcpp_timespec_t time;

    time.tv_sec = whole.count();
    time.tv_nsec = (at - whole).count();
    __libcpp_condvar_timedwait(&__cv_, lock.mutex()->native_handle(), &time);
}

/* --- std::call_once: 0; 1: being run; all ones: done, which the header looks at --- */

static pthread_mutex_t once_lock;
static pthread_cond_t once_done;

void __call_once(volatile once_flag::_State_type &state, void *arg, void (*fn)(void *))
{
    pthread_mutex_lock(&once_lock);
    while (state == 1)
        pthread_cond_wait(&once_done, &once_lock);
    if (state == 0) {
        state = 1;
        pthread_mutex_unlock(&once_lock);
        fn(arg);
        pthread_mutex_lock(&once_lock);
        __atomic_store_n(&state, ~once_flag::_State_type(0), __ATOMIC_RELEASE);
        pthread_cond_broadcast(&once_done);
    }
    pthread_mutex_unlock(&once_lock);
}

_LIBCPP_END_NAMESPACE_STD
