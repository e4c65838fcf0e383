"""Runs a command and prints as JSON what it took: wall, CPU of it and its children, and the most memory that one process had."""
import json, os, sys, time

started = time.monotonic()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, used = os.wait4(pid, 0)
print(json.dumps({
    "wallMs": (time.monotonic() - started) * 1000,
    "cpuMs": (used.ru_utime + used.ru_stime) * 1000,
    "peakMb": used.ru_maxrss / 1024,
}))
sys.exit(os.waitstatus_to_exitcode(status))
