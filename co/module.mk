module  := co
sources := waiter mutex timer task executor frame switch_bench
tests   := co_test timer_test mutex_test executor_test affinity_test
