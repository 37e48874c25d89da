#!/usr/bin/env bash
# Builds both CPU images without a container registry or engine, and runs the quickstart in them as a cluster would: coordinator and two workers in
# network namespaces of their own, TLS between them, nobody root, every root filesystem read-only.
#
#   sudo deploy/images/test.sh [FOLDER]     FOLDER keeps base and images for the next time (default: a new one, deleted in the end)
#
# Needs root, Debian with buildah and debootstrap, openssl, and the .NET SDK; packages come from where this machine's apt and NuGet have theirs.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() { echo "FAILED: $*" >&2; exit 1; }
step() { echo "== $*"; }

[ "$(id -u)" -eq 0 ] || fail "needs root: network namespaces and chroots are made"
for tool in buildah debootstrap openssl dotnet ip unshare curl; do
  command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install buildah debootstrap openssl iproute2 curl"
done

work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(readlink -f "$work")
keep=${1:+yes}
user=1654
prefix=swt$$
processes=()
storage=(--root "$work/storage" --runroot "$work/storage-run" --storage-driver vfs)

# The program itself, of which unshare is the parent: it is the one that signals are for.
program_of() { pgrep -P "$1"; }

clean() {
  # Where the shell would list what is killed.
  exec 2>/dev/null
  for process in "${processes[@]}"; do kill -KILL $(program_of "$process") "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  buildah "${storage[@]}" rm --all >/dev/null 2>&1 || true
  for node in coordinator worker-1 worker-2; do ip netns del "$prefix-$node" 2>/dev/null || true; done
  ip link del "$prefix" 2>/dev/null || true
  [ -n "$keep" ] || rm -rf "$work"
}
trap clean EXIT

# --- base images, in place of Microsoft's -------------------------------------------------------------------------------------------------

base() {
  [ -e "$work/base/complete" ] && return
  step "base: debootstrap with the .NET runtime of this machine"
  local mirror dotnet
  # shellcheck disable=SC1091
  . /etc/os-release
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  rm -rf "$work/base"
  mkdir -p "$work/base"
  debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,zlib1g "$VERSION_CODENAME" "$work/base/runtime" "$mirror" \
    >"$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log" >&2; fail "debootstrap"; }
  rm -rf "$work/base/runtime/var/cache/apt" "$work/base/runtime/var/lib/apt/lists"
  # The authorities that this machine trusts, for the packages of the build.
  rm -rf "$work/base/runtime/etc/ssl/certs"
  cp -rL /etc/ssl/certs "$work/base/runtime/etc/ssl/certs"
  mkdir -p "$work/base/runtime/usr/share/dotnet"
  cp -a "$dotnet/dotnet" "$dotnet/host" "$dotnet/shared" "$work/base/runtime/usr/share/dotnet/"
  ln -s /usr/share/dotnet/dotnet "$work/base/runtime/usr/bin/dotnet"
  mkdir -p "$work/base/sdk/usr/share/dotnet"
  cp -a "$dotnet/sdk" "$dotnet/packs" "$work/base/sdk/usr/share/dotnet/"
  touch "$work/base/complete"
}

base_images() {
  buildah "${storage[@]}" inspect --type image localhost/base-sdk >/dev/null 2>&1 && return
  local image
  image=$(buildah "${storage[@]}" from scratch)
  buildah "${storage[@]}" add -q "$image" "$work/base/runtime" / >/dev/null
  buildah "${storage[@]}" commit -q "$image" localhost/base-runtime >/dev/null
  buildah "${storage[@]}" add -q "$image" "$work/base/sdk" / >/dev/null
  buildah "${storage[@]}" config --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 --env "NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}" "$image"
  buildah "${storage[@]}" commit -q "$image" localhost/base-sdk >/dev/null
}

build() { # DOCKERFILE NAME
  step "image $2"
  local secret=()
  [ -e "$HOME/.nuget/NuGet/NuGet.Config" ] && secret=(--secret "id=nuget,src=$HOME/.nuget/NuGet/NuGet.Config")
  buildah "${storage[@]}" bud --isolation chroot --format docker --pull-never "${secret[@]}" \
    --build-arg SDK=localhost/base-sdk --build-arg RUNTIME=localhost/base-runtime -f "$1" -t "localhost/$2" . >"$work/build-$2.log" 2>&1 \
    || { tail -20 "$work/build-$2.log" >&2; fail "$1 does not build"; }
}

config() { buildah "${storage[@]}" inspect --type image --format "$2" "localhost/$1"; }

root() { # IMAGE: its filesystem, with places for what is mounted into it
  local path
  path=$(buildah "${storage[@]}" mount "$(buildah "${storage[@]}" from --pull-never "localhost/$1")")
  mkdir -p "$path/runs/quickstart/trials" "$path/tls" "$path/sweep" "$path/home"
  touch "$path/sweep/sweep.yaml" "$path/etc/hosts"
  echo "$path"
}

base
base_images
build src/Coordinator/Dockerfile sweep-coordinator
build src/GpuWorker/Dockerfile sweep-gpu-worker

step "what the images say of themselves"
for image in sweep-coordinator sweep-gpu-worker; do
  [ "$(config $image '{{.Docker.Config.User}}')" = "$user:$user" ] || fail "$image does not run as $user"
  [ "$(config $image '{{.Docker.Config.StopSignal}}')" = SIGTERM ] || fail "$image has no stop signal"
  [ -n "$(config $image '{{.Docker.Config.Healthcheck}}')" ] || fail "$image has no health check"
done
coordinator_root=$(root sweep-coordinator)
worker_root=$(root sweep-gpu-worker)
[ -z "$(find "$coordinator_root/app" -iname '*torch*')" ] || fail "the coordinator's image holds libtorch"
[ -e "$worker_root/app/libtorch_cpu.so" ] || fail "the worker's image holds no libtorch"
du -sh "$coordinator_root/app" "$worker_root/app"

# --- three hosts --------------------------------------------------------------------------------------------------------------------------

step "three network namespaces, one authority"
ip link add "$prefix" type bridge
ip addr add 10.213.7.1/24 dev "$prefix"
ip link set "$prefix" up
number=2
: >"$work/hosts"
echo "127.0.0.1 localhost" >>"$work/hosts"
for node in coordinator worker-1 worker-2; do
  ip netns add "$prefix-$node"
  ip link add "$prefix$number" type veth peer name eth0 netns "$prefix-$node"
  ip link set "$prefix$number" master "$prefix" up
  ip -n "$prefix-$node" addr add "10.213.7.$number/24" dev eth0
  ip -n "$prefix-$node" link set eth0 up
  ip -n "$prefix-$node" link set lo up
  echo "10.213.7.$number $node" >>"$work/hosts"
  number=$((number + 1))
done

tls=$work/tls
rm -rf "$tls" "$work/runs" "$work/checkpoints" "$work/home"
mkdir -p "$tls" "$work/runs/quickstart/trials" "$work/checkpoints" "$work/home/coordinator" "$work/home/worker-1" "$work/home/worker-2"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$tls/ca.key" -out "$tls/ca.crt" \
  -subj "/CN=sweep authority" -addext "keyUsage=critical,keyCertSign" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls/tls.key" -out "$tls/node.csr" -subj "/CN=node" 2>/dev/null
printf "extendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\n" >"$tls/node.ext"
openssl x509 -req -in "$tls/node.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial -days 2 -extfile "$tls/node.ext" \
  -out "$tls/tls.crt" 2>/dev/null
rm "$tls/ca.key"
cp sweeps/quickstart.yaml "$work/sweep.yaml"
chown -R $user:$user "$work/runs" "$work/checkpoints" "$work/home" "$tls"

# Starts what the image starts: as its user, in mount and process namespaces of its own, root read-only, no privileges to gain.
start() { # NODE ROOT PROGRAM ARGUMENT...
  local node=$1 image_root=$2
  shift 2
  ip netns exec "$prefix-$node" unshare --mount --pid --fork --kill-child bash -ec '
    work=$1 node=$2 root=$3 user=$4; shift 4
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/dev"
    for device in null zero random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
    mount -t tmpfs tmpfs "$root/tmp"
    # As in Kubernetes: the run folder is the coordinator'"'"'s, and its trials are on a volume that workers share.
    [ "$node" != coordinator ] || mount --bind "$work/runs" "$root/runs"
    mount --bind "$work/checkpoints" "$root/runs/quickstart/trials"
    mount --bind "$work/home/$node" "$root/home"
    mount --bind "$work/tls" "$root/tls" && mount -o remount,bind,ro "$root/tls"
    mount --bind "$work/sweep.yaml" "$root/sweep/sweep.yaml"
    mount --bind "$work/hosts" "$root/etc/hosts"
    mount -o remount,bind,ro "$root"
    exec chroot "$root" env -i PATH=/usr/bin:/bin HOME=/home DOTNET_EnableDiagnostics=0 OMP_WAIT_POLICY=PASSIVE \
      setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
  ' bash "$work" "$node" "$image_root" "$user" "$@" >"$work/$node.log" 2>&1 &
  processes+=($!)
  started=$!
}

wait_for() { # WHAT SECONDS COMMAND...
  local what=$1 left=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ $left -gt 0 ] || { tail -n 20 "$work"/coordinator.log "$work"/worker-*.log >&2; fail "$what"; }
    sleep 1
  done
}

TLS=(--tls-cert /tls/tls.crt --tls-key /tls/tls.key --tls-ca /tls/ca.crt)

step "the quickstart"
start coordinator "$coordinator_root" /app/coordinator --service --sweep /sweep/sweep.yaml --output /runs/quickstart --workers 0 \
  --listen coordinator:4053 --http 0.0.0.0:8080 --log-json "${TLS[@]}"
coordinator=$started
wait_for "the coordinator does not become ready" 120 curl -sf http://10.213.7.2:8080/health/ready
for number in 1 2; do
  start worker-$number "$worker_root" /app/gpu-worker --join coordinator:4053 --listen 10.213.7.$((number + 2)):4054 --id worker-$number \
    --threads 1 --coordinator-grace 60s --http 0.0.0.0:8080 --log-json "${TLS[@]}"
done
last=$started
wait_for "the workers do not join" 180 bash -c "curl -sf http://10.213.7.2:8080/metrics | grep -q '^sweep_workers{.*} 2$'"
wait_for "worker-1 does not become ready" 60 curl -sf http://10.213.7.3:8080/health/ready
grep -q "^CapEff:.*0000000000000000" "/proc/$(program_of "$coordinator")/status" || fail "the coordinator has capabilities"
grep -q "^NoNewPrivs:.*1" "/proc/$(program_of "$last")/status" || fail "worker-2 may gain privileges"
grep -q "^Uid:.*$user" "/proc/$(program_of "$last")/status" || fail "worker-2 is not $user"

step "a worker is drained, as a node is"
wait_for "no epoch is recorded" 120 bash -c "curl -sf http://10.213.7.2:8080/metrics | grep -Eq '^sweep_epochs_total{.*} [1-9]'"
kill -TERM "$(program_of "$last")"
wait "$last" || fail "worker-2 did not end in order"

code=0
wait "$coordinator" || code=$?
[ $code -eq 0 ] || { tail -n 20 "$work/coordinator.log" >&2; fail "the coordinator ended with exit code $code"; }
completed=$(grep -o '"outcome": *"completed"' "$work/runs/quickstart/leaderboard.json" | wc -l)
[ "$completed" -eq 10 ] || fail "$completed of 10 trials completed"
grep -v '^{' "$work/coordinator.log" && fail "not every line of the coordinator's output is JSON"

grep -q "continues attempt" "$work"/worker-*.log || fail "the trial that was handed back did not go on from its checkpoint"

step "the run is kept, and whole"
start coordinator "$coordinator_root" /app/coordinator verify /runs/quickstart
wait "$started" || { cat "$work/coordinator.log" >&2; fail "verify found something wrong"; }
cat "$work/coordinator.log"
echo "PASSED"
