/* Counts live allocations of the whole program, also those of the library. */
#ifndef METATENSOR_TESTS_HARDENING_MEMORY_H
#define METATENSOR_TESTS_HARDENING_MEMORY_H

/* Number of allocations which were not freed yet, or 0 where they can not be counted:
 * sanitizers look for leaks themselves */
long memory_allocations(void);
/* Can allocations be counted? */
int memory_is_counted(void);
/* Run all tests of a program twice: the second time, all that they allocate must be freed */
void check_allocations(void (*run_all)(void));

#endif
