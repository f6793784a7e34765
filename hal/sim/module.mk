module      := hal/sim
cflags      := -D_GNU_SOURCE
sources-sim := machine schedule clock irq mmu context user fiber switch host host_change host_events contract_user
tests       := sim_test user_test host_test
