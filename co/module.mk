module  := co
sources := waiter mutex timer task executor ktrace frame switch_bench
tests   := co_test timer_test mutex_test executor_test affinity_test
