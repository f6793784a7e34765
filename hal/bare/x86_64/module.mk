module         := hal/bare/x86_64
sources-x86_64 := entry trap boot start_info acpi kmap descriptors cpu smp interrupt context fp \
                  mmu shootdown lapic ioapic pit rtc time devices power probe ports
