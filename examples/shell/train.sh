#!/bin/sh
# The least that a trainer needs: parameters from the environment, one line of JSON an epoch, the state in a file.
# It walks down the valley (x - 3)^2 by gradient descent, from where the trial's seed puts it.
set -eu

epoch=${SWEEP_RESUME_EPOCH:-0}
if [ -n "${SWEEP_RESUME_FROM:-}" ]; then x=$(cat "$SWEEP_RESUME_FROM"); else x=$((SWEEP_SEED % 20)); fi

while [ "$epoch" -lt "$SWEEP_EPOCHS" ]; do
  epoch=$((epoch + 1))
  x=$(awk -v x="$x" -v rate="$SWEEP_PARAM_rate" 'BEGIN { printf "%.9g", x - rate * 2 * (x - 3) }')
  echo "$x" > "$SWEEP_CHECKPOINTS/$epoch.txt"
  awk -v x="$x" -v epoch="$epoch" 'BEGIN { printf "{\"epoch\": %d, \"height\": %.9g, \"checkpoint\": \"%d.txt\"}\n", epoch, (x - 3) ^ 2, epoch }'
done
