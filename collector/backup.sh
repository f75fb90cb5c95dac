# Saves the data of Prometheus, Alertmanager and Jaeger, or puts it back. The servers must not run: what they have in memory
# is on disk when they have stopped.
#
#     backup.sh save <folder of the data> <archive.tgz>
#     backup.sh restore <folder of the data> <archive.tgz>
set -eu

case "${1:-}" in
  save)
    set -- "$2" "$3" "$(cd "$2" && ls -d prometheus-data alertmanager-data jaeger-badger 2>/dev/null || true)"
    [ -n "$3" ] || { echo "There is no data in $1: neither prometheus-data nor alertmanager-data nor jaeger-badger." >&2; exit 1; }
    # shellcheck disable=SC2086
    tar -czf "$2.new" -C "$1" $3
    mv "$2.new" "$2"
    ;;
  restore)
    tar -tzf "$3" >/dev/null
    for folder in $(tar -tzf "$3" | cut -d/ -f1 | sort -u); do rm -rf "${2:?}/$folder"; done
    tar -xzf "$3" -C "$2"
    ;;
  *)
    echo 'Usage: backup.sh save|restore <folder of the data> <archive.tgz>' >&2
    exit 2
    ;;
esac
