module  := co
sources := waiter mutex timer task executor switch_bench
tests   := co_test timer_test mutex_test executor_test affinity_test
