#!/bin/sh
# Certificates by which servers, scheduler and workers know each other (DLVIZ_DASK_TLS), made in a folder, once:
#   sh deploy/certificates.sh FOLDER
# Copy the folder to each machine. The authority's own key is thrown away: nobody else is ever let in.
set -eu
cd "$1"
[ -f key.pem ] && exit 0
umask 077
new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
openssl req -x509 $new -days 3650 -subj "/CN=dlviz authority" -keyout authority.key -out ca.pem 2> /dev/null
openssl req $new -subj "/CN=dlviz" -keyout new.key -out request.pem 2> /dev/null
openssl x509 -req -in request.pem -CA ca.pem -CAkey authority.key -set_serial 1 -days 3650 -out cert.pem 2> /dev/null
rm authority.key request.pem
mv new.key key.pem
