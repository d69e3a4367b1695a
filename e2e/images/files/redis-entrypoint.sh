#!/bin/sh
# What the documentation of the image redis promises: options alone start the server, and files are its own.
set -e
case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$(umask)" = 0022 ]; then umask 0077; fi
exec "$@"
