"""Programs of Debian and what they are to do. Each script runs on the host and on the library OS, and
must write and end alike; one whose program the host lacks is skipped."""

# Name: the program it is about, and the script, which works in a directory of its own, then away.
SCRIPTS = {
    "bash substitution": ("bash", """
        cat <(echo through); diff <(seq 3) <(seq 4); echo $?
        exec 3< <(seq 5); cat <&3; mapfile -t lines < <(seq 10); echo ${#lines[@]}
        echo tee | tee >(tr a-z A-Z >upper) | cat; while [ ! -s upper ]; do :; done; cat upper
        coproc cat; echo back >&${COPROC[1]}; read -u ${COPROC[0]} x; echo $x"""),
    "bash here document": ("bash", """
        cat <<END
        here $((1 + 2))
END
        read a b <<<'one two'; echo $b; printf '%s\\n' {a..c}{1..2} ${BASH_VERSINFO[0]}"""),
    "bash arrays and traps": ("bash", """
        trap 'echo int' INT; kill -INT $$; (trap 'echo sub' EXIT); declare -A m=([a]=1 [b]=2)
        echo ${#m[@]}; [[ abc =~ b(.) ]] && echo ${BASH_REMATCH[1]}; cd /usr; pwd; cd - >/dev/null"""),
    "bash children": ("bash", """
        for i in $(seq 60); do (exit $((i % 7))) & pids[i]=$!; done; sum=0
        for i in $(seq 60); do wait ${pids[i]}; sum=$((sum + $?)); done; echo $sum"""),
    "bash stop and continue": ("bash", """
        sleep 100 & kill -STOP $!; kill -CONT $!; kill $!; wait $!; echo $?"""),
    "own descriptors by name": ("bash", """
        echo out >/dev/stdout; echo err 2>&1 >/dev/stderr; echo in | cat /dev/stdin
        echo x | tee /dev/stderr; stat -Lc %F /dev/fd/0 <<<y; cat /proc/self/comm"""),
    "deaths": ("bash", """
        exec 2>/dev/null; for s in SEGV ABRT TERM KILL; do sh -c "kill -$s \\$\\$"; echo $?; done
        timeout 0.05 sleep 9; echo $?; timeout -s KILL 0.05 sleep 9; echo $?"""),
    "working directory": ("bash", """
        mkdir -p a/bb/ccc; cd a/bb/ccc; /bin/pwd | tail -c 9; cd ..; /bin/pwd | tail -c 5"""),
    "who runs": ("ps", """
        sleep 60 & ps -o pid=,ppid=,pgid= -p $! | wc -w
        ps -eo comm= | grep -c '^sleep$' >n; [ $(cat n) -ge 1 ] && echo found; pgrep -P $$ -x sleep | wc -l
        [ $(pgrep -P $$ sleep) = $! ] && echo same; pkill -P $$ -x sleep; wait $!; echo $?
        top -b -n1 | grep -c '^Tasks:'; top -b -n1 -p $$ | tail -n 1 | awk '{print $NF}'"""),
    "what the machine has": ("free", """
        free -k | awk 'NR == 2 {print $1, ($2 > 0), ($4 <= $2)}'; uptime | grep -c 'load average:'
        vmstat | awk 'NR == 3 {print NF >= 17, ($4 > 0)}'; lscpu | awk '/^(Architecture|Byte Order):/'
        getconf PAGE_SIZE"""),
    "mounts and open files": ("findmnt", """
        findmnt -n -o TARGET,FSTYPE /proc | tr -s ' '; df -P / | awk 'NR == 2 {print $NF}'
        mountpoint -q /proc; echo $?; mountpoint -q /usr/bin; echo $?
        exec 7>opened; echo >&7; lsof -p $$ -a -d 7 -Fan 2>/dev/null | sed -n 's/^a/mode /p; s/^n.*opened/opened/p'"""),
    "deep pipeline": ("dash", "seq 3000 |" + " cat |" * 25 + " md5sum"),
    "much through a pipe": ("dash", "yes | head -n 1000000 | wc -l"),
    "many at once": ("dash", """
        i=0; while [ $i -lt 100 ]; do sleep 0.01 & i=$((i + 1)); done; wait; echo all"""),
    "find and xargs": ("find", """
        find /usr/include/linux -name '*.h' | sort | md5sum; seq 500 | xargs -n 7 echo | md5sum
        seq 40 | xargs -P 4 -n 1 true; echo $?; find /etc -maxdepth 1 -name passwd -exec wc -l {} +"""),
    "coreutils": ("sort", """
        seq 100 | sort -rn | head -n 3; comm <(seq 3) <(seq 2 4); paste <(seq 2) <(seq 2)
        touch -d 2020-01-01 f; date -r f +%Y; chmod 4751 f; stat -c %a f; truncate -s 1M f
        du -k --apparent-size f; dd if=/dev/zero of=f bs=4k count=3 2>/dev/null; wc -c f; cp f g
        cmp f g && mv g h && ls; ln -s f s; readlink s; shred -u h; split -b 5k f p; ls; factor 123456
        od -c /etc/hostname | tail -n 1; nice true; id -u; mkfifo q; echo fifo >q & cat q"""),
    "tar": ("tar", """
        tar czf t.tgz -C /usr/include linux; mkdir x; tar xzf t.tgz -C x
        diff -r /usr/include/linux x/linux && tar tzf t.tgz | sort | md5sum"""),
    "compressors": ("xz", """
        for z in gzip bzip2 xz; do seq 20000 | $z | $z -d | md5sum; done"""),
    "make": ("make", """
        printf 'all: a b c\\n\\t@echo done\\na b c:\\n\\t@echo $@ >$@; sleep 0.01\\n' >Makefile
        make -j3; make; cat a b c"""),
    "gcc": ("gcc", """
        echo '#include <stdio.h>
              int main(void) { printf("hello %d\\n", 42); return 7; }' >t.c
        gcc -O2 t.c -o t && ./t; echo $?; gcc -static t.c -o t && ./t; echo $?"""),
    "crashes": ("gcc", """
        exec 2>/dev/null
        for body in '*(volatile int *)8 = 1;' '__builtin_trap();' 'abort();' 'main();' \\
                    'volatile int z = 0; z = 1 % z;'; do
            echo "void abort(void); int main(void) { $body return main() + 1; }" >c.c
            gcc -w -O0 c.c -o c && ./c; echo $?
        done"""),
    "musl": ("musl-gcc", """
        echo '#include <stdio.h>
              #include <pthread.h>
              static void *f(void *p) { return p; }
              int main(void) { pthread_t t; void *r; pthread_create(&t, 0, f, (void *)5);
                               pthread_join(t, &r); printf("%d\\n", (int)(long)r); return 3; }' >t.c
        musl-gcc -static -O2 t.c -o t && ./t; echo $?"""),
    "python": ("/usr/bin/python3", """/usr/bin/python3 - <<'END'
import os, select, signal, subprocess, tempfile, threading, time
print(subprocess.run(["echo", "sub"], capture_output=True, check=True).stdout)
got = []
threads = [threading.Thread(target=got.append, args=(i,)) for i in range(20)]
for t in threads: t.start()
for t in threads: t.join()
print(sum(got))
signal.signal(signal.SIGALRM, lambda *_: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
r, w = os.pipe()
os.write(w, b"x")
poll = select.epoll()
poll.register(r, select.EPOLLIN)
print(len(poll.poll(1)), select.select([r], [], [], 1)[0] == [r])
with tempfile.TemporaryDirectory() as d:
    open(d + "/a", "w").write("text"); os.rename(d + "/a", d + "/b"); print(os.listdir(d))
END"""),
    "python processes": ("/usr/bin/python3", """cat >p.py <<'END'
import multiprocessing, queue, threading
def square(x): return x * x
if __name__ == "__main__":
    with multiprocessing.Pool(3) as pool: print(pool.map(square, range(10)))
    q = multiprocessing.Queue()
    p = multiprocessing.Process(target=q.put, args=(5,))
    p.start(); print(q.get()); p.join(); print(p.exitcode)
END
        /usr/bin/python3 p.py"""),
    "perl": ("perl", """perl -e '
        open F, "-|", "seq 5"; print while <F>; $p = fork; exit 9 unless $p; waitpid $p, 0;
        print $? >> 8, "\\n"; $SIG{USR1} = sub { print "usr1\\n" }; kill USR1 => $$;
        print `echo sub`; print join(",", sort { $a <=> $b } map { $_ * 3 % 17 } 1 .. 20), "\\n"'"""),
    "python sockets": ("/usr/bin/python3", """cat >s.py <<'END'
import array, asyncio, multiprocessing, os, socket, socketserver, threading
from multiprocessing.connection import Client, Listener
from multiprocessing.managers import BaseManager
async def serve():
    async def upper(reader, writer):
        while line := await reader.readline(): writer.write(line.upper())
        writer.close()
    async def ask(n):
        reader, writer = await asyncio.open_unix_connection("a")
        writer.write(b"line %d\\n" % n * 1000); writer.write_eof()
        return len(await reader.read())
    async with await asyncio.start_unix_server(upper, "a"):
        print(await asyncio.gather(*(ask(n) for n in range(10))))
    process = await asyncio.create_subprocess_exec("tr", "a", "b", stdin=-1, stdout=-1)
    print(await process.communicate(b"banana"), process.returncode)
class Handler(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.readline()[::-1])
def child(connection, address):
    connection.send({"pid": os.getpid() > 0, "data": list(range(1000))})
    with Client(address) as c: c.send(("through", address[:1])); print(c.recv())
class Manager(BaseManager): pass
if __name__ == "__main__":
    asyncio.run(serve())
    with socketserver.ThreadingUnixStreamServer("b", Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for i in range(5):
            with socket.socket(socket.AF_UNIX) as c:
                c.connect("b"); c.sendall(b"\\nabc%d\\n" % i); print(c.makefile("rb").read())
        server.shutdown()
    ours, theirs = multiprocessing.Pipe()
    with Listener("c", "AF_UNIX") as listener:
        p = multiprocessing.Process(target=child, args=(theirs, "c")); p.start()
        print(len(ours.recv()["data"]))
        with listener.accept() as c: print(c.recv()); c.send("back")
        p.join(); print(p.exitcode)
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    r, w = os.pipe(); socket.send_fds(a, [b"fd"], [w]); os.close(w)
    data, fds, flags, _ = socket.recv_fds(b, 10, 2); os.write(fds[0], b"passed"); print(data, os.read(r, 9))
    a.settimeout(0.01)
    try: a.recv(1)
    except TimeoutError as e: print(e)
    a.close()
    try: b.send(b"x")
    except OSError as e: print(e)
END
        /usr/bin/python3 s.py"""),
    "perl sockets": ("perl", """perl -MIO::Socket::UNIX -MSocket -e '
        $l = IO::Socket::UNIX->new(Local => "l", Listen => 5) or die; if (!fork) { close $l;
        $c = IO::Socket::UNIX->new(Peer => "l") or die; print $c "from perl\\n"; print <$c>; exit 4 }
        $s = $l->accept; $line = <$s>; print $s uc $line; close $s; wait; print $? >> 8, "\\n";
        socketpair(A, B, AF_UNIX, SOCK_SEQPACKET, PF_UNSPEC); send A, "one", 0; send A, "two", 0;
        recv B, $m, 99, 0; print "$m\\n"; shutdown A, 1; recv B, $m, 99, 0; recv B, $e, 99, 0;
        print "$m-$e-\\n"; print -S "l" ? "socket\\n" : "no\\n"; unlink "l";
        print IO::Socket::UNIX->new(Peer => "l") ? "?" : "$!\\n"'"""),
    "awk": ("awk", """awk 'BEGIN { for (i = 0; i < 100000; i++) s += i; print s
        while (("seq 3" | getline l) > 0) print l; print "x" | "cat"; close("cat"); system("exit 3") }'"""),
    "git": ("git", """
        export HOME=$PWD; git init -q r 2>/dev/null; cd r; git config user.email a@b
        git config user.name n; seq 100 >a; git add a; git commit -qm one; echo x >>a
        git commit -qam two; git log --format=%s; git status --short; git diff HEAD~1 --stat
        git fsck 2>/dev/null; git gc -q; git log -p | wc -l; git clone -q . ../c 2>/dev/null; cat ../c/a | wc -l"""),
    "sqlite": ("sqlite3", """
        sqlite3 t.db 'create table t(a,b); insert into t values(1,2),(3,4); select sum(a*b) from t'
        sqlite3 t.db 'pragma journal_mode=wal; insert into t select a+1,b from t;
                      select count(*) from t; pragma integrity_check'"""),
    "busybox": ("busybox", """exec busybox sh -c '
        b() { busybox "$@"; }; b seq 5 | b tac | b awk "{ s += \\$1 } END { print s }"
        b tar cf - /etc/passwd 2>/dev/null | b tar tf -; b gzip -c /etc/passwd | b zcat | b md5sum
        b find /etc -maxdepth 1 -name passwd; b expr 3 + 4; b ps >/dev/null; b free >/dev/null; echo $?'"""),
}
