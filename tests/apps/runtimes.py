"""Larger programs: a terminal multiplexer, a server, the runtimes of other languages. As in programs.py, what the
host lacks is skipped; of these, `make setup` brings tmux."""

SCRIPTS = {
    "tmux": ("tmux", """
        export TERM=xterm; run() { tmux -S socket -f /dev/null "$@"; }
        run new-session -d -x 60 -y 10 -s one 'stty size; tty | cut -c1-9; exec cat'; run list-sessions -F '#S #{window_width}'
        until run capture-pane -p | grep -q /dev/pts; do :; done; run capture-pane -p | head -n 2
        run send-keys typed Enter; until run capture-pane -p | grep -c typed | grep -qx 2; do :; done
        run split-window 'echo split; exec cat'; run list-panes | wc -l; run resize-window -x 40 -y 8
        run display -p '#{window_width} #{window_height}'; run kill-server; wait; ls"""),
    "redis": ("redis-server", """
        redis-server --port 0 --unixsocket $PWD/socket --save 60 1 --dir $PWD >log & run() { redis-cli -s socket "$@"; }
        until [ "$(run ping 2>&1)" = PONG ]; do :; done; run set a 5; run incr a; run rpush l x y z; run lrange l 0 -1
        redis-benchmark -s socket -q -n 2000 -c 20 -P 4 -t set,get,lpush >/dev/null; echo $?
        run bgsave >/dev/null; until run info persistence | grep -q bgsave_in_progress:0; do :; done; ls dump.rdb
        run eval 'return redis.call("incrby", "a", 10)' 0; run subscribe c >heard 2>&1 & until run publish c text | grep -q 1; do :; done
        run client list | wc -l; run shutdown nosave; wait; head -n 6 heard"""),
    "zsh": ("zsh", """zsh -f -c '
        for i in {1..5}; do echo $i; done | wc -l; a=(x y z); print ${#a} $a[2]; cat =(echo kept) <(echo through)
        print -l *(N) | wc -l; setopt extended_glob; touch f1 f2 g; print ^f*; zmodload zsh/zpty
        zpty p "tty | cut -c1-9"; zpty -r p line; print -r -- ${line%%[[:space:]]#}; coproc cat; print -p said; read -p x; print $x'"""),
    "ruby": ("ruby", """ruby -e '
        puts 8.times.map { |i| Thread.new { i * i } }.sum(&:value); r, w = IO.pipe
        if fork then w.close; p r.read; Process.wait; p $?.exitstatus else w.write "child"; exit! 3 end
        trap("USR1") { puts "usr1" }; Process.kill("USR1", $$); sleep 0.01; puts `echo sub`; GC.start
        q = Queue.new; t = Thread.new { 3.times { p q.pop } }; 3.times { |i| q << i }; t.join
        p Fiber.new { Fiber.yield 1; 2 }.then { |f| [f.resume, f.resume] }'"""),
    "node": ("node", """cat >t.js <<'END'
const fs = require("fs"), net = require("net"), { execSync, spawn } = require("child_process");
const { Worker } = require("worker_threads");
console.log(execSync("echo sub").toString(), [1, 2].map(x => x * 2));
fs.writeFileSync("f", "text"); fs.renameSync("f", "g");
new Worker("require('worker_threads').parentPort.postMessage(42)", { eval: true }).on("message", m => {
    console.log("worker", m);
    const server = net.createServer(c => c.on("data", d => c.end(d.toString().toUpperCase()))).listen("socket", () =>
        net.connect("socket").on("data", d => console.log(d.toString())).on("close", () => {
            server.close();
            fs.promises.readdir(".").then(names => {
                console.log(names.sort().join());
                spawn("sh", ["-c", "cat; exit 5"], { stdio: ["pipe", "inherit", "inherit"] })
                    .on("exit", code => setTimeout(() => console.log("left", code), 5)).stdin.end("piped\\n");
            });
        }).write("shout"));
});
END
        node t.js"""),
    "java": ("java", """cat >T.java <<'END'
import java.util.stream.*;
public class T {
    static long sum;
    static synchronized void add(long n) { sum += n; }
    public static void main(String[] a) throws Exception {
        var threads = IntStream.range(0, 8).mapToObj(k -> new Thread(() -> {
            for (int j = 0; j < 100000; j++) add(k);
        })).toList();
        for (var t : threads) t.start();
        for (var t : threads) t.join();
        System.out.println(sum);
        System.gc();
        var p = new ProcessBuilder("sh", "-c", "echo child; exit 3").inheritIO().start();
        System.out.println(p.waitFor());
        try { Object o = null; o.hashCode(); } catch (NullPointerException e) { System.out.println("null"); }
        System.out.println(IntStream.range(0, 1000000).parallel().mapToLong(i -> i).sum());
    }
}
END
        java -Xmx128m T.java"""),
}
