# Runs PostgreSQL and stops and starts it when standard input says so, a word a line: "stop" as pg_ctl stop -m immediate
# does, and "start". When standard input ends it stops the server and removes its folder.
# A commit has been written when it is acknowledged, which is what lasts when processes end; only the machine's own end would need fsync,
# and a recovery would spend seconds on it.
# Arguments: folder, folder of the binaries, port, cluster name. It must lead a process group of its own.
dir=$1 bin=$2 port=$3 name=$4
exec 3<&0 </dev/null >>"$dir/log" 2>&1

init() {
	"$bin/initdb" -D "$dir/data" -U prom -A trust -E UTF8 --locale="$1" -N
}

start() {
	rm -f "$dir/stopped"
	"$bin/postgres" -D "$dir/data" -p "$port" \
		-c cluster_name="$name" \
		-c listen_addresses=127.0.0.1 \
		-c unix_socket_directories= \
		-c max_connections=100 \
		-c fsync=off \
		-c deadlock_timeout=200ms 3<&- &
	server=$!
}

stop() {
	kill -"$1" "$server"
	wait "$server"
	: >"$dir/stopped"
}

if init C.UTF-8 || init C; then
	start
	while read -r word <&3; do
		case $word in
		stop) stop QUIT ;;
		start) start ;;
		esac
	done
	stop QUIT
fi
: >"$dir/stopped"
cat <&3 >/dev/null
rm -rf "$dir"
