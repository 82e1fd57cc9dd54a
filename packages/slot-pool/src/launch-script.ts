// All values are positional parameters: the log, and the command with its arguments. Descriptors that a parent forgot to
// close on exec end here, as far as every shell can name them. Node has raised the limit of open files to what is allowed
// at the most, which some programs walk through; what the browser gets is what Chrome raises its own to.
const prepared = `log=$1; shift
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
ulimit -S -n 8192 2>/dev/null`;

const logged = '"$@" </dev/null >>"$log" 2>&1';

/** Prints the browser's pid. The shell leaves the browser in the background, and init becomes its parent at once. */
export const printPid = `${prepared}
${logged} &
echo $!`;

/** Prints the exit code of a command that has somebody else start the browser. */
export const printExitCode = `${prepared}
${logged}
echo $?`;

/**
 * Starts a browser that stays where it reads its preferences, because a pipe is in their place; prints its pid, and a second
 * line when it has got there. The preferences are then read as one line of standard input, passed on, and the shell ends
 * like `printPid`'s. If standard input ends without them, or the browser does, everything in this session is killed: no
 * browser waits for a process that is gone. SIGPIPE would end the shell before that.
 */
export const pauseAtPreferences = `${prepared}
pipe=$1; shift
mkfifo -m 600 "$pipe" || exit 1
${logged} &
browser=$!
echo $browser
exec 5<&0
trap 'exit 0' TERM
{
  trap '' PIPE
  exec 3>"$pipe"
  echo paused
  IFS= read -r preferences <&5 && printf %s "$preferences" >&3 && kill -TERM $$ || kill -KILL 0
} &
wait $browser
kill -KILL 0`;

/** By its arguments a reaper is told from the slot's other processes. */
export const reaperName = 'escarp-reaper';

// PR_SET_CHILD_SUBREAPER, by its number on this kind of processor: whatever loses its parent below becomes a child here,
// is waited for, and the reaper ends after the last of them.
const reaper = `# ${reaperName}
my %prctl = (x86_64 => 157, aarch64 => 167);
my (undef, undef, undef, undef, $machine) = POSIX::uname();
exists $prctl{$machine} and syscall($prctl{$machine}, 36, 1, 0, 0, 0);
open(my $out, ">&=", 4);
my $pid = fork;
if (!$pid) { close $out; exec { $ARGV[0] } @ARGV or POSIX::_exit(127); }
syswrite $out, "$pid\\n"; close $out; POSIX::close(0);
1 while wait != -1;`;

/** Like `printPid`, where no init reaps: a small program stays as the browser's parent and does. It needs Perl. */
export const printPidReaped = `${prepared}
exec 4>&1 </dev/null >>"$log" 2>&1
exec perl -MPOSIX -e '${reaper}' -- "$@"`;
