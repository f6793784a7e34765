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
        vmstat | awk 'NR == 3 {print NF >= 17, ($4 > 0)}'; lscpu | awk '/^(Architecture|Byte Order):/ {$1 = $1; print}'
        slabtop -o | grep -c 'OBJS ACTIVE'; getconf PAGE_SIZE; sort -u /proc/cpuinfo | grep -E '^(vendor_id|cpu family|model)'
        grep -m1 ^flags /proc/cpuinfo | tr ' ' '\\n' | grep -xE 'sse2|ssse3|aes|avx2|avx512f|rdrand|lm|nx|amx_tile'"""),
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
    "a program of several files": ("gcc", """
        mkdir src include lib; echo 'int area(int, int); const char *name(void);' >include/shape.h
        printf '#include "shape.h"\nint area(int w, int h) { return w * h; }\n' >src/area.c
        printf '#include "shape.h"\nconst char *name(void) { return "oblong"; }\n' >src/name.c
        printf '#include <stdio.h>\n#include "shape.h"\nint main(int n, char **v)
                { printf("%%s %%s %%d\\n", *v, name(), area(n, 6)); return n; }\n' >src/main.c
        for f in area name main; do gcc -g -O1 -Wall -Iinclude -fPIC -MMD -c src/$f.c -o $f.o || echo no; done
        cat area.d; ar rcs lib/libshape.a area.o name.o; gcc main.o -Llib -lshape -o with_archive; ./with_archive a; echo $?
        gcc -shared area.o name.o -o lib/libshape.so; gcc main.o -Llib -lshape -Wl,-rpath,'$ORIGIN/lib' -o with_library
        ./with_library a b; echo $?; ldd with_library | grep -c libshape; rm lib/libshape.so; ./with_library 2>&1; echo $?
        gcc -no-pie main.o -Llib -lshape -o fixed; ./fixed; echo $?; gcc -flto -O2 -Iinclude src/*.c -o whole; ./whole; echo $?
        nm with_archive | grep -w area | cut -c18-; strip with_archive; ./with_archive; objdump -d area.o | grep -c imul
        gcc -fsanitize=address,undefined -g -Iinclude src/*.c -o checked; ./checked; echo $?"""),
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
        musl-gcc -static -O2 t.c -o t && ./t; echo $?
        musl-gcc -O2 t.c -o d && ./d; echo $?; od -An -c -j 568 -N 40 d | grep -c 'm   u   s   l'
        echo 'int main(void) { extern int f(int); return f(6); }' >m.c; echo 'int f(int x) { return x * 7; }' >f.c
        musl-gcc -shared -fPIC f.c -o libf.so; musl-gcc m.c -o m -L. -lf -Wl,-rpath,. && ./m; echo $?"""),
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
    "lua": ("lua5.4", """cat >t.lua <<'END'
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i * i) end end) end
for v in gen(5) do io.write(v, " ") end
local p = io.popen("seq 4"); for line in p:lines() do io.write(line, ",") end; print(p:close())
print(pcall(error, {code = 7}), select("#", table.unpack({}, 1, 200)), #string.rep("ab", 1e6), 7 // 2, 2^53 | 0)
local name = os.tmpname(); local f = assert(io.open(name, "w+")); f:write("one\ntwo 2\n"); f:seek("set", 4)
print(f:read("l"), f:seek("end")); f:close(); print(os.rename(name, name .. "x"), os.remove(name .. "x"), io.open(name))
local t = setmetatable({}, {__gc = function() print("collected") end, __mode = "k"}); t = nil; collectgarbage()
for i = 1, 1e5 do t = {i, {i}} end; print(("%5.2f|%q"):format(math.pi, "a\n"), ("key=val"):match("(%w+)=(%w+)"))
print(os.execute("exit 3")); print(os.getenv("HOME") ~= nil, os.time{year=2020, month=1, day=1, hour=12} > 0); os.exit(9, true)
END
        lua5.4 t.lua; echo $?; echo 'print(1 +' | lua5.4 - ; echo $?; lua5.4 -e 'print(...)' a b"""),
    "sqlite": ("sqlite3", """
        sqlite3 t.db 'create table t(a,b); insert into t values(1,2),(3,4); select sum(a*b) from t'
        sqlite3 t.db 'pragma journal_mode=wal; insert into t select a+1,b from t;
                      select count(*) from t; pragma integrity_check'"""),
    "busybox": ("busybox", """exec busybox sh -c '
        b() { busybox "$@"; }; b seq 5 | b tac | b awk "{ s += \\$1 } END { print s }"
        b tar cf - /etc/passwd 2>/dev/null | b tar tf -; b gzip -c /etc/passwd | b zcat | b md5sum
        b find /etc -maxdepth 1 -name passwd; b expr 3 + 4; b ps >/dev/null; b free >/dev/null; echo $?'"""),
    "busybox applets": ("busybox", """cat >t.sh <<'END'
b() { busybox "$@" || echo "$1: $?"; }
seq 20 >n; b sort -rn n | b head -n 3; b tail -n 2 n; b cut -c1 n | b uniq -c; b nl n | b sed -n '3,4p;s/1/x/gp' | b md5sum
b paste n n | b expand | b unexpand -a | b tr 0-9 a-j <n | b rev | b fold -w 1 | b wc; split -l 6 n p; b ls
b cat paa pab pac pad | b cmp - n; b diff paa pab; b shuf -e a | b tee o; b comm paa pab 2>/dev/null; b xxd -l 16 n; b od -c paa
b hexdump -C paa; b strings n | b wc -l; b uuencode n n | b uudecode -o m; b cmp n m; b base64 n | b base64 -d | b crc32
for h in md5sum sha1sum sha256sum sha512sum sha3sum; do b $h n; b $h n | busybox $h -c; done; for z in gzip bzip2 lzop xz; do
    b cp n c; busybox $z c 2>/dev/null && b ls c.*; b rm -f c c.*; done
b tar cf t.tar n p*; b mkdir -p d/e/f; b tar xf t.tar -C d; b find d -type f | b sort | b xargs b ls -l | b awk '{ print $1, $5 }'
find d | b cpio -o -H newc 2>/dev/null | b cpio -t 2>/dev/null | b sort; b ar -t /nosuch; b du -s d >/dev/null; b mkfifo q; b stat -c %F q n d
b ln -s n l; b readlink l; b realpath l | b sed 's/.*.n$/n/'; b chmod 751 n; b chown 3:4 n; b stat -c '%a %u %g' n; b touch -d '2020-01-02 03:04' n
b date -r n +%F; b truncate -s 5 n; b wc -c n; b dd if=/dev/zero of=z bs=1k count=3 2>/dev/null; b fallocate -l 9999 z; b stat -c %s z
b mv z y; b rm y; b rmdir d/e/f; b mktemp -d x.XXXXXX | b wc -c; b sed s/1/one/ paa >pae; b diff -u paa pae >u
b patch paa <u; b head -n 1 paa; b ed paa <<X
2s/2/two/
w
q
X
b sed -i 's/two/2/' paa; b cat paa; echo '2^64; 7/2' | b bc; b dc -e '5 6 * p' ; b expr length abc; b factor 91; b seq -w 8 10; b printf '%05d|%s\n' 7 x
b env -i A=1 busybox env; b test 3 -gt 2; b [ a = b ]; b true; b false; b basename /a/b.c .c; b dirname /a/b; b which sh; b yes | b head -n 2
b timeout 0.1 busybox sleep 9; b setsid busybox echo own; b id -u; b whoami; b tty
b usleep 1; b sleep 0; b uname -s; b hostname >/dev/null; b nproc >/dev/null; b getopt -o ab: -- -a -b 5 x; b cal 2 2020; b date -u -d @0
b sh -c 'trap "echo t" TERM; kill -TERM $$; exit 3'; b ash -c 'for i in 1 2; do (exit $i); echo $?; done'; b run-parts --test d 2>/dev/null
busybox sleep 99 & b kill $!; wait $! 2>/dev/null; echo $?; busybox sleep 98 & b pidof nosuch; b killall -q nosuch; b kill -9 $!; wait $! 2>/dev/null; echo $?
b mount | b grep -c . >/dev/null; b df / >/dev/null; b uptime >/dev/null; b ps >/dev/null; b top -b -n1 >/dev/null; b w >/dev/null; b last >/dev/null
END
        busybox sh t.sh 2>&1"""),
}
