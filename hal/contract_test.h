/*
 * contract_test.h - the test of a HAL implementation against the headers of hal/.
 */
#pragma once

/*
 * Run all checks (base/check.h) and return how many failed. Called by kernel_main on the boot
 * CPU before the other CPUs are started, which it does itself. It registers upcalls of its own
 * and takes pages from the end of the largest region, whether or not a page allocator, which
 * begins at the other end, is up; so afterwards the machine can only be powered off.
 */
unsigned hal_contract_test(void);
