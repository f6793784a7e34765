"""What people do every day with tools, compilers and interpreters; the form is that of programs.py."""

SCRIPTS = {
    "holes": ("tar", """
        truncate -s 3G f; echo end >>f; du -k f | cut -f1; cp --sparse=auto f g; cmp -n 100000 f g
        [ $(du -k g | cut -f1) -lt 100 ] && echo sparse; tar cSf t.tar f; [ $(stat -c %s t.tar) -lt 99999 ] && echo small
        seq 100000 >a; fallocate -p -o 64K -l 256K a; stat -c %s a; md5sum a; [ $(du -k a | cut -f1) -lt 400 ] && echo punched; ln -s x l; stat -c %b l"""),
    "files and their attributes": ("install", """
        umask 022; mkdir d; echo a >d/a; ln d/a d/hard; ln -s a d/sym; mkfifo d/p; chmod 640 d/a
        touch -h -d '2020-02-02 02:02:02.123456789 UTC' d/* d; cp -a d e; TZ=UTC ls -l --time-style=full-iso e | tail -n +2
        [ e/a -ef e/hard ] && echo linked; mv -b d/a e/sym; ls e; cp --backup=numbered d/hard e/sym; ls e
        install -D -m 711 d/hard i/j/k; stat -c '%A %s %h' i/j/k; chown 7:8 i/j/k; chmod 4755 i/j/k; chown 9 i/j/k
        stat -c '%a %u %g' i/j/k; mkdir -m 2755 s; mkdir s/t; stat -c %a s/t; find . -type l -o -type p | sort
        tar cf t.tar d e; mkdir o; tar xpf t.tar -C o; diff -r --no-dereference d/hard o/d/hard && rm -r o && ls"""),
    "sorting in files": ("sort", """
        seq 100000 | shuf --random-source=/bin/bash >s; sort -n -S 100k -T . s | md5sum; sort --parallel=4 -n s | md5sum
        split -n 5 s part; cat part* | cmp - s; split -b 100k --filter='wc -c' s; csplit -s s 100 '{2}'; wc -l xx*
        seq 1000 | tee >(wc -l >w) | tail -n 1; while [ ! -s w ]; do :; done; cat w; tac s | md5sum; sha256sum s | md5sum"""),
    "dd": ("dd", """
        exec 2>/dev/null; dd if=/dev/urandom of=r bs=64k count=9 iflag=fullblock; dd if=r of=r2 oflag=append conv=notrunc bs=1k
        cmp r r2; dd if=r of=u oflag=sync,dsync bs=64k; cmp r u; dd if=r of=z conv=fsync,sparse bs=64k; cmp r z
        dd if=r iflag=skip_bytes,count_bytes skip=5 count=9 | wc -c; echo abc | dd conv=ucase; echo abc | dd conv=swab
        dd if=/dev/zero of=/dev/full bs=1 count=1; echo $?; dd if=. iflag=directory; echo $?"""),
    "bash in depth": ("bash", """
        set -m; sleep 9 & kill -STOP %1; kill -CONT %1; kill %1; wait %1; echo $?; set +m
        (exit 5) & wait -n -p who; echo $?; read -t 0.1 x < <(sleep 1); [ $? -gt 128 ] && echo late
        trap 'echo exit' EXIT; trap 'echo err $?' ERR; false; trap - ERR; yes | head -n 1; echo ${PIPESTATUS[@]}
        exec 5<>file; echo hello >&5; cat file; exec {fd}>f2; echo x >&$fd; cat f2; set -C; (echo y >f2) 2>/dev/null; echo $?
        printf '#!/nosuch\\n' >s; chmod +x s; ./s 2>/dev/null; echo $?; printf 'echo $1\\n' >s2; chmod +x s2; ./s2 plain
        x=$(for i in {1..100}; do (echo -n $i); done); echo ${#x}; cat /dev/fd/3 3<<<three; umask 077; touch u; stat -c %a u"""),
    "git in depth": ("git", """
        export HOME=$PWD GIT_AUTHOR_DATE='2020-01-01 00:00 +0000' GIT_COMMITTER_DATE='2020-01-01 00:00 +0000'
        git init -q -b main r; cd r; git config user.email a@b; git config user.name n; seq 100 >a; git add .
        git commit -qm one; git branch b; sed -i s/50/fifty/ a; git commit -qam two; git checkout -q b; echo z >>a
        git commit -qam three; git merge -q main -m merged; git rebase -q main; git log --format='%h %s'; echo st >>a
        git stash -q; git stash pop -q; git commit -qam four; for i in $(seq 8); do echo $i >n; git add n; git commit -qm "n $i"; done
        git bisect start -q HEAD HEAD~7 >/dev/null; git bisect run sh -c 'test $(cat n) -lt 5' | grep 'first bad'
        git bisect reset -q 2>/dev/null; git gc -q; git fsck; git worktree add -q ../wt HEAD 2>/dev/null; ls ../wt
        git grep -n fifty; git clone -q --depth 1 file://$PWD ../sh; git -C ../sh log --oneline"""),
    "g++ and 64 threads": ("g++", """cat >t.cc <<'END'
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>
int main() {
    std::atomic<int> n{0};
    std::mutex m;
    std::condition_variable c;
    bool go = false;
    std::vector<std::thread> v;
    for (int i = 0; i < 64; i++)
        v.emplace_back([&] { std::unique_lock l(m); c.wait(l, [&] { return go; }); n++; });
    { std::lock_guard l(m); go = true; }
    c.notify_all();
    for (auto &t : v) t.join();
    try { throw std::runtime_error("thrown"); } catch (std::exception &e) { std::cout << e.what(); }
    std::filesystem::create_directories("x/y");
    std::cout << n << std::filesystem::remove_all("x") << std::endl;
}
END
        printf 'all: t 1.o 2.o\\n1.o 2.o: ; @echo "int f$(basename $@);" | g++ -xc++ -c - -o $@\\n' >Makefile
        CXXFLAGS=-std=c++20 make -s -j2; ./t; ls"""),
    "sqlite writers": ("sqlite3", """
        sqlite3 a.db 'pragma journal_mode=wal; create table t(a integer primary key, b)'
        for i in 1 2 3; do (for j in $(seq 8); do sqlite3 -cmd '.timeout 20000' a.db "insert into t(b) values($i)"; done) & done
        wait; sqlite3 a.db 'select count(*), sum(b) from t; pragma integrity_check'"""),
    "python's own tests": ("/usr/lib/python3.11/test/test_mmap.py", """
        for t in mmap tempfile thread fileio resource select threading_local zipimport; do
            /usr/bin/python3 -m test -q test_$t >log 2>&1 || { echo $t; cat log; }; done"""),
    "java": ("java", """
        cat >H.java <<'END'
public class H {
    static int deep(int i) { return deep(i + 1) + 1; }
    public static void main(String[] a) throws Exception {
        Thread t = new Thread(() -> System.out.println("thread"));
        t.start();
        t.join();
        Process p = new ProcessBuilder("echo", "sub").start();
        System.out.print(new String(p.getInputStream().readAllBytes()) + p.waitFor());
        try { ((Object)null).hashCode(); } catch (NullPointerException e) { System.out.println("null"); }
        try { deep(1); } catch (StackOverflowError e) { System.out.println("deep"); }
    }
}
END
        java -XX:TieredStopAtLevel=1 H.java"""),
}
