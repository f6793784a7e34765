/*
 * cpuinfo.c (x86_64) - a CPU's lines of /proc/cpuinfo, as Linux has them, from CPUID.
 */
#include "base/string.h"
#include "isa/cpuid.h"
#include "personality/linux/procfs/procfs_internal.h"

/* Linux's names for the bits of a register, from bit 0 on; "-" has none. */
struct feature_word {
    uint32_t leaf, subleaf;
    unsigned reg; /* 0: eax ... 3: edx */
    const char *names;
};

/* Without fsgsbase, which programs may not use on the library OS, and la57, which no kernel of
 * ours turns on. */
static const struct feature_word words[] = {
    {1, 0, 3,
     "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush "
     "- dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe"},
    {0x80000001, 0, 3,
     "- - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - fxsr_opt pdpe1gb "
     "rdtscp - lm 3dnowext 3dnow"},
    {1, 0, 2,
     "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr "
     "pdcm - pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave - avx "
     "f16c rdrand hypervisor"},
    {0x80000001, 0, 2,
     "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw "
     "ibs xop skinit wdt - lwp fma4 tce - nodeid_msr - tbm topoext perfctr_core perfctr_nb "
     "- bpext ptsc perfctr_llc mwaitx - -"},
    {7, 0, 1,
     "- tsc_adjust sgx bmi1 hle avx2 - smep bmi2 erms invpcid rtm cqm - mpx rdt_a avx512f "
     "avx512dq rdseed adx smap avx512ifma - clflushopt clwb intel_pt avx512pf avx512er "
     "avx512cd sha_ni avx512bw avx512vl"},
    {0xd, 1, 0, "xsaveopt xsavec xgetbv1 xsaves"},
    {7, 1, 0, "- - - - avx_vnni avx512_bf16"},
    {7, 0, 2,
     "- avx512vbmi umip pku ospke waitpkg avx512_vbmi2 - gfni vaes vpclmulqdq avx512_vnni "
     "avx512_bitalg tme avx512_vpopcntdq - - - - - - - rdpid - bus_lock_detect cldemote - "
     "movdiri movdir64b enqcmd sgx_lc"},
    {7, 0, 3,
     "- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect - md_clear - - - "
     "serialize - tsxldtrk - pconfig arch_lbr ibt - amx_bf16 avx512_fp16 amx_tile amx_int8"},
};

static void show_word(struct seq *seq, const struct feature_word *word)
{
    struct cpuid r = cpuid(word->leaf, word->subleaf);
    uint32_t regs[4] = {r.eax, r.ebx, r.ecx, r.edx};
    uint32_t bits = regs[word->reg];
    const char *name = word->names, *end;

    for (; *name; bits >>= 1, name = *end ? end + 1 : end) {
        for (end = name; *end && *end != ' '; end++)
            continue;
        if (bits & 1 && *name != '-')
            seq_printf(seq, " %.*s", (int)(end - name), name);
    }
}

/* 48 bytes of text, blanks first. */
static void show_model_name(struct seq *seq)
{
    struct cpuid text[3] = {0};
    const char *name = (const char *)text;

    for (unsigned i = 0; i < countof(text); i++)
        text[i] = cpuid(0x80000002 + i, 0);
    while (*name == ' ')
        name++;
    seq_printf(seq, "model name\t: %.*s\n", (int)((const char *)(text + 3) - name), name);
}

/* The extended parts count where the short ones are full (Intel's manual, CPUID leaf 1). */
static void show_version(struct seq *seq)
{
    struct cpuid top = cpuid(0, 0);
    uint32_t version = cpuid(1, 0).eax, family = version >> 8 & 15, model = version >> 4 & 15;
    uint32_t vendor[3] = {top.ebx, top.edx, top.ecx};

    if (family == 6 || family == 15)
        model |= version >> 12 & 0xf0;
    if (family == 15)
        family += version >> 20 & 0xff;
    seq_printf(seq, "vendor_id\t: %.12s\ncpu family\t: %u\nmodel\t\t: %u\n",
               (const char *)vendor, family, model);
    show_model_name(seq);
    seq_printf(seq, "stepping\t: %u\n", version & 15);
}

void isa_show_cpu(struct seq *seq, unsigned cpu, unsigned cpus)
{
    uint64_t khz = cpuid_tsc_rate() / 1000;
    uint32_t sizes = cpuid(0x80000008, 0).eax, line = (cpuid(1, 0).ebx >> 8 & 0xff) * 8;

    show_version(seq);
    if (khz)
        seq_printf(seq, "cpu MHz\t\t: %u.%03u\n", (unsigned)(khz / 1000),
                   (unsigned)(khz % 1000));
    seq_printf(seq, "physical id\t: 0\nsiblings\t: %u\ncore id\t\t: %u\ncpu cores\t: %u\n",
               cpus, cpu, cpus);
    seq_printf(seq,
               "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\nflags\t\t:",
               cpuid(0, 0).eax);
    for (unsigned i = 0; i < countof(words); i++)
        show_word(seq, &words[i]);
    seq_printf(seq,
               "\nclflush size\t: %u\naddress sizes\t: %u bits physical, %u bits virtual\n",
               line, sizes & 0xff, sizes >> 8 & 0xff);
}
