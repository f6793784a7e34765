/*
 * cxx.cc - C++ in native programs: the objects of a program and of its threads, and as much of
 * the standard library as needs more than headers.
 */
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include <stdio.h>
#include <stdlib.h>
#include <zircon/process.h>
#include <zircon/threads.h>

#include "tests/zircon/ztest.h"

namespace
{

/* The official one: the handle of a thread is the kernel's, and says so. */
CASE(CppThreadTest, CreateAndVerifyThreadHandle)
{
    std::atomic<zx_koid_t> own{0};
    std::atomic<bool> seen{false};
    std::thread thread([&] {
        own = ztest_koid(zx_thread_self());
        while (!seen)
            std::this_thread::yield();
    });
    zx_handle_t handle = native_thread_get_zx_handle(thread.native_handle());
    zx_info_handle_basic_t info{};

    EXPECT_NE(handle, ZX_HANDLE_INVALID);
    EXPECT_OK(zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), nullptr,
                                 nullptr));
    EXPECT_EQ(info.type, ZX_OBJ_TYPE_THREAD);
    while (own == 0)
        std::this_thread::yield();
    EXPECT_EQ(info.koid, own);
    seen = true;
    thread.join();
}

/* --- construction and destruction --- */

int order; /* each that is made or destroyed adds a digit */

struct Counted {
    explicit Counted(int digit) : digit(digit)
    {
        order = order * 10 + digit;
    }
    ~Counted()
    {
        order = order * 10 + digit;
    }
    int digit;
};

Counted first(1), second(2);
int order_before_main = order;

CASE(Cxx, StaticConstructors)
{
    EXPECT_EQ(order_before_main, 12);
    EXPECT_EQ(first.digit + second.digit, 3);
}

struct AtExit {
    ~AtExit()
    {
        if (armed)
            _Exit(77);
    }
    bool armed = false;
} at_exit;

Counted &made_once()
{
    static Counted one((std::this_thread::sleep_for(std::chrono::milliseconds(1)), 5));

    return one;
}

/* Threads that come meanwhile wait. */
CASE(Cxx, LocalStatic)
{
    std::vector<std::thread> threads;
    std::atomic<Counted *> found{nullptr};
    int before = order;

    for (int i = 0; i < 4; i++)
        threads.emplace_back([&] {
            Counted *other = nullptr, *one = &made_once();

            if (!found.compare_exchange_strong(other, one))
                EXPECT_TRUE(other == one);
        });
    for (auto &t : threads)
        t.join();
    EXPECT_EQ(order, before * 10 + 5);
}

std::atomic<int> destroyed;

struct Local {
    int value = 7;
    ~Local()
    {
        destroyed++;
    }
};
thread_local Local local;

CASE(Cxx, ThreadLocal)
{
    destroyed = 0;
    local.value = 1;
    std::thread([] {
        EXPECT_EQ(local.value, 7);
        local.value = 8;
    }).join();
    EXPECT_EQ(destroyed, 1);
    std::thread([] {}).join(); /* has not touched it */
    EXPECT_EQ(destroyed, 1);
    EXPECT_EQ(local.value, 1);
}

/* --- the standard library --- */

CASE(Cxx, Strings)
{
    std::string text = "short";

    text += std::string(1000, 'x') + std::to_string(-42) + std::to_string(1.5);
    EXPECT_EQ(text.size(), 5 + 1000 + 3 + 8);
    EXPECT_EQ(text.find("-42"), 1005);
    EXPECT_EQ(std::stoi("17 and"), 17);
    EXPECT_EQ(std::stoull("ff", nullptr, 16), 255);
    EXPECT_TRUE(std::stod("2.5") == 2.5);
}

CASE(Cxx, Containers)
{
    std::map<std::string, int> tree;
    std::unordered_map<int, std::string> table;
    std::set<int> numbers{3, 1, 2};
    std::list<int> list{1, 2, 3};
    std::deque<int> queue;

    for (int i = 0; i < 1000; i++) {
        tree[std::to_string(i * 7919 % 1000)] = i;
        table[i] = std::to_string(i);
        queue.push_front(i);
    }
    EXPECT_EQ(tree.size(), 1000);
    EXPECT_EQ(tree.begin()->first == "0", 1);
    EXPECT_TRUE(table.at(999) == "999");
    EXPECT_EQ(*numbers.begin() * 10 + *numbers.rbegin(), 13);
    list.reverse();
    EXPECT_EQ(list.front(), 3);
    std::sort(queue.begin(), queue.end());
    EXPECT_EQ(queue[500], 500);
}

CASE(Cxx, Memory)
{
    auto shared = std::make_shared<std::string>("shared");
    std::weak_ptr<std::string> weak = shared;
    auto unique = std::make_unique<int[]>(100);
    struct alignas(256) Wide {
        char byte;
    };
    std::unique_ptr<Wide> wide(new Wide);
    void *volatile none = operator new(SIZE_MAX / 4, std::nothrow);

    EXPECT_EQ(shared.use_count(), 1);
    EXPECT_TRUE(weak.lock() == shared);
    shared.reset();
    EXPECT_TRUE(weak.expired() && !weak.lock());
    EXPECT_EQ(unique[99], 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(wide.get()) % 256, 0);
    EXPECT_TRUE(!none);
}

CASE(Cxx, Values)
{
    std::optional<int> nothing, three = 3;
    std::variant<int, std::string> either = std::string("text");
    std::function<int(int)> add = [&](int n) { return n + *three; };

    EXPECT_TRUE(!nothing);
    EXPECT_TRUE(std::get<std::string>(either) == "text");
    EXPECT_EQ(add(4), 7);
}

/* --- threads --- */

CASE(Cxx, Condition)
{
    std::condition_variable changed;
    std::mutex lock;
    int turn = 0;
    std::thread other([&] {
        for (int i = 0; i < 100; i++) {
            std::unique_lock<std::mutex> own(lock);
            changed.wait(own, [&] { return turn % 2 == 1; });
            turn++;
            changed.notify_all();
        }
    });

    for (int i = 0; i < 100; i++) {
        std::unique_lock<std::mutex> own(lock);
        changed.wait(own, [&] { return turn % 2 == 0; });
        turn++;
        changed.notify_all();
    }
    other.join();
    EXPECT_EQ(turn, 200);
    std::unique_lock<std::mutex> own(lock);
    EXPECT_TRUE(changed.wait_for(own, std::chrono::milliseconds(1), [] { return false; }) ==
                false);
}

CASE(Cxx, Mutexes)
{
    std::recursive_mutex deep;
    std::timed_mutex timed;
    std::once_flag once;
    int calls = 0;

    deep.lock();
    EXPECT_TRUE(deep.try_lock());
    std::thread([&] { EXPECT_FALSE(deep.try_lock()); }).join();
    deep.unlock();
    deep.unlock();
    timed.lock();
    std::thread([&] { EXPECT_FALSE(timed.try_lock_for(std::chrono::milliseconds(1))); }).join();
    timed.unlock();
    for (int i = 0; i < 3; i++)
        std::call_once(once, [&] { calls++; });
    EXPECT_EQ(calls, 1);
}

CASE(Cxx, Clocks)
{
    auto before = std::chrono::steady_clock::now();

    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    EXPECT_TRUE(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(2));
    EXPECT_GE(std::thread::hardware_concurrency(), 1);
}

/* Its code is the destructor's, which runs after main. */
CHILD(destroys)
{
    (void)channel;
    at_exit.armed = true;
    local.value = 3;
    return 0;
}

CASE(Cxx, Destructors)
{
    struct ztest_child c;

    if (ztest_child_run(&c, ztest_job(), "destroys"))
        EXPECT_EQ(ztest_child_join(&c), 77);
}

} // namespace
