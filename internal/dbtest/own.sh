# Runs a server of a test's own until it ends, or until standard input does, which is when the test process has gone: then the server
# is stopped and its folder removed. Arguments: folder, and the command with its arguments. It must lead a process group of its own.
dir=$1
shift
exec 3<&0 </dev/null >>"$dir/log" 2>&1
"$@" 3<&- &
server=$!
(
	cat <&3 >/dev/null
	: >"$dir/left"
	while kill -QUIT "$server"; do
		kill -CONT "$server" # a test may have stopped it
		sleep 0.2
	done # it ignores the signal until it has begun
) &
exec 3<&-
wait "$server"
if [ -e "$dir/left" ]; then rm -rf "$dir"; fi
kill -KILL 0
