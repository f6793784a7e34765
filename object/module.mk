module  := object
sources := object handle paired event message channel fifo socket_object timer_object \
           clock_object port port_async pager page_request debuglog vmo_object bti stream \
           futex vmar_object elf vdso_image exceptionate exception suspend_token resource \
           memory_event profile interrupt interrupt_sources console_input \
           msi msi_interrupt pci_bus pci_ranges pci_device job job_policy job_members \
           process thread dispatch usage reaper ktrace_names
tests   := object_test handle_test channel_test port_test interrupt_test console_input_test pager_test pager_dirty_test debuglog_test \
           memory_object_test elf_test race_test thread_test process_test job_test \
           exception_test peer_test timer_object_test
