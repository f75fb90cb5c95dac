# Writes a made-up password into a file, unless there is one already.
#
#     make-password.sh <file>
set -eu
[ -s "$1" ] && exit 0
head -c 24 /dev/urandom | base64 | tr -d '\n' > "$1.new"
mv "$1.new" "$1"
