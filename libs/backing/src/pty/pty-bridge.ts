/**
 * A pseudo-terminal without a native module: python3, which is needed for other things already, forks the program on one and copies bytes.
 * Standard input and output are the terminal's; file descriptor 3 accepts lines "COLUMNS ROWS". Its exit code is the program's, or 128 +
 * signal. End of input hangs the terminal up, as closing a window does.
 */
export const PTY_BRIDGE = String.raw`
import fcntl, os, select, signal, struct, sys, termios

def resize(fd, cols, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

cols, rows, argv = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
terminal, other_end = os.openpty()
resize(terminal, cols, rows)  # before there is anybody to race with
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(other_end, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(other_end, fd)
    os.closerange(3, 64)
    os.execvp(argv[0], argv)
os.close(other_end)
os.set_blocking(terminal, False)
sources, pending, control = [0, 3, terminal], b"", b""
while True:
    readable, writable, _ = select.select([s for s in sources if s != 0 or len(pending) < 65536], [terminal] if pending else [], [])
    if terminal in readable:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            data = b""
        if not data:
            break
        view = memoryview(data)
        while view:
            view = view[os.write(1, view):]
    if 0 in readable:
        data = os.read(0, 65536)
        if not data:
            sources.remove(0)
            os.kill(child, signal.SIGHUP)
        pending += data
    if 3 in readable:
        data = os.read(3, 4096)
        if not data:
            sources.remove(3)
        *lines, control = (control + data).split(b"\n")
        for line in lines:
            resize(terminal, *map(int, line.split()))
    if terminal in writable:
        try:
            pending = pending[os.write(terminal, pending):]
        except BlockingIOError:
            pass
        except OSError:
            pending = b""
_, status = os.waitpid(child, 0)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;
