# Runs PostgreSQL until standard input ends, then stops it and removes its folder.
# Arguments: folder, folder of the binaries, port, cluster name, the script cluster.sh. It must lead a process group of its own.
dir=$1 bin=$2 port=$3 name=$4 cluster=$5
exec 3<&0 </dev/null >>"$dir/log" 2>&1

init() {
	/bin/sh -c "$cluster" dbtest "$dir" "$bin" -U prom -A trust -E UTF8 --locale="$1" -N
}

(
	# A shell runs its trap when the command in the foreground has ended: no server is started after a TERM to initdb.
	trap 'exit 1' TERM
	exec 3<&-
	if init C.UTF-8 || init C; then
		"$bin/postgres" -D "$dir/data" -p "$port" \
			-c cluster_name="$name" \
			-c listen_addresses=127.0.0.1 \
			-c unix_socket_directories= \
			-c max_connections=300 \
			-c fsync=off \
			-c synchronous_commit=off \
			-c full_page_writes=off \
			-c jit=off \
			-c log_min_messages=log
	fi
	: >"$dir/stopped"
) &

# TERM alone would wait for open sessions. QUIT alone would not reach the subshell, because a shell without job control
# makes its background commands ignore it.
trap '' TERM QUIT
cat <&3 >/dev/null
kill -TERM 0
kill -QUIT 0
wait
rm -rf "$dir"
