#!/bin/sh
# Makes the seed's sound from texts/*.txt: one voice per speaker, short silences, light mixing, Ogg Opus.
# Needs espeak-ng (1.51) and ffmpeg. The results are committed: run it only when a text or a voice changes.
#   sh server/seeds/make-sound.sh [--transcripts] [name …]     e.g. audition-pont-de-la-landelle
# With --transcripts only transcripts/*.vtt are written: the same lines are spoken again, and each sentence stands
# where its voice does.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rate=22050 # espeak-ng's own; nothing is gained by more

# Speaker → "voice speed pitch range gap level": words per minute, 0..99, per cent of the usual,
# tens of milliseconds between words, decibels against the others (not everyone speaks up).
voice_of() {
  case $1 in
    presidente) echo 'fr-fr+f2 146 46 115 1 0' ;;
    cariou) echo 'fr-fr+f4 156 54 125 1 -1' ;;
    rivallain) echo 'fr-be+f1 150 44 115 1 -3' ;;
    maudet) echo 'fr-fr+m3 152 40 120 1 1' ;;
    perennou) echo 'fr-be+m7 146 32 115 1 -2' ;;
    president) echo 'fr-fr+m1 148 36 110 1 0' ;;
    abgrall) echo 'fr-fr+f3 148 46 115 1 -2' ;;
    diarra) echo 'fr-be+f4 158 52 125 1 1' ;;
    chroniqueuse) echo 'fr-fr+f2 138 50 130 1 0' ;;
    emile) echo 'fr-be+m3 128 26 115 2 -3' ;;
    fatou) echo 'fr-fr+f4 144 58 125 1 -1' ;;
    *) echo "no voice for '$1'" >&2 && return 1 ;;
  esac
}

# Seconds of the pause after a turn: a breath.
breath=0.36

silence() { # seconds file
  ffmpeg -nostdin -v error -y -f lavfi -i "anullsrc=r=$rate:cl=mono" -t "$1" -c:a pcm_s16le "$2"
}

# Four soft notes of our own (D A F♯ E), the station's sign.
jingle() {
  tone() { echo "sine=f=$1:d=$2:r=$rate,volume=0.5,afade=t=in:d=0.01,afade=t=out:st=0.04:d=$3:curve=exp"; }
  ffmpeg -nostdin -v error -y -filter_complex "$(tone 587.33 0.3 0.26)[a];$(tone 880 0.3 0.26)[b];\
$(tone 739.99 0.3 0.26)[c];$(tone 659.25 1.4 1.3)[d];[a][b][c][d]concat=n=4:v=0:a=1,lowpass=f=3000,\
aecho=0.8:0.5:90|170:0.25|0.15,volume=0.6" \
    -ac 1 -ar "$rate" -c:a pcm_s16le "$1"
}

# One spoken line: the voice, then less buzz (dip at 3.2 kHz, nothing over 7.2 kHz) and its own level.
speak() { # speaker text file
  voice=$(voice_of "$1")
  # A pause to breathe where a sentence ends.
  words=$(printf '%s' "$2" | sed 's|\([.?!:]\) |\1<break time="720ms"/> |g; s|, |,<break time="230ms"/> |g')
  # shellcheck disable=SC2086 # the six values are separate words on purpose
  set -- $voice "$words" "$3"
  espeak-ng -v "$1" -s "$2" -p "$3" -g "$5" -w "$work/raw.wav" -m "<prosody range=\"$4%\">$7</prosody>"
  trim='silenceremove=start_periods=1:start_threshold=-50dB:start_silence=0.02'
  ffmpeg -nostdin -v error -y -i "$work/raw.wav" -af "$trim,areverse,$trim,areverse,highpass=f=85,\
equalizer=f=220:t=q:w=0.9:g=2,equalizer=f=3200:t=q:w=1.1:g=-4,lowpass=f=7200:p=1,\
acompressor=threshold=-20dB:ratio=1.8:attack=10:release=140" \
    -ar "$rate" -ac 1 -c:a pcm_s16le "$work/voice.wav"
  level=$(ffmpeg -nostdin -hide_banner -i "$work/voice.wav" -af volumedetect -f null - 2>&1 |
    sed -n 's/.*mean_volume: \(.*\) dB/\1/p')
  ffmpeg -nostdin -v error -y -i "$work/voice.wav" -af "volume=$(awk "BEGIN { print -24 + ($6) - ($level) }")dB" \
    -c:a pcm_s16le "$8"
}

# Speaker → the name that readers see.
name_of() {
  case $1 in
    presidente) echo 'Maëlle Kervoas' ;;
    cariou) echo 'Solène Cariou' ;;
    rivallain) echo 'Gwenola Rivallain' ;;
    maudet) echo 'Bertrand Maudet' ;;
    perennou) echo 'Luc Perennou' ;;
    president) echo 'Tudi Lescoat' ;;
    abgrall) echo 'Nolwenn Abgrall' ;;
    diarra) echo 'Aïssata Diarra' ;;
    chroniqueuse) echo 'Rozenn Lagadec' ;;
    emile) echo 'Émile Cozic' ;;
    fatou) echo 'Fatou Sarré' ;;
    *) echo "no name for '$1'" >&2 && return 1 ;;
  esac
}

seconds_of() { # file
  ffprobe -v error -show_entries format=duration -of csv=p=0 "$1"
}

# The sentences of one spoken line as cues. Between them the voice breathes for 720 ms (see speak): as many such
# silences as there are breaks, or the line has not been spoken as it is written.
cues() { # speaker text file start-in-seconds
  {
    ffmpeg -nostdin -hide_banner -i "$3" -af silencedetect=noise=-45dB:d=0.45 -f null - 2>&1 |
      sed -n 's/.*silence_start: \(.*\)/start \1/p; s/.*silence_end: \([^ ]*\).*/end \1/p'
    printf '%s' "$2" | sed 's|\([.?!:]\) |\1\n|g' | sed 's/^/text /'
  } | awk -v at="$4" -v length_s="$(seconds_of "$3")" -v name="$(name_of "$1")" '
    function clock(s) { return sprintf("%02d:%02d:%06.3f", s / 3600, (s / 60) % 60, s - 60 * int(s / 60)) }
    $1 == "start" { from[++quiet] = $2 }
    $1 == "end" { to[quiet] = $2 }
    $1 == "text" { text[++said] = substr($0, 6) }
    END {
      if (quiet > 0 && to[quiet] >= length_s - 0.05) quiet--
      if (quiet != said - 1) { printf "%d sentences, %d breaths: %s\n", said, quiet, text[1] >"/dev/stderr"; exit 1 }
      begin = 0
      line = ""
      for (i = 1; i <= said; i++) {
        line = line (line == "" ? "" : " ") text[i]
        if (text[i] ~ /:$/ && i < said) continue
        end = i < said ? from[i] : length_s
        printf "%s --> %s\n<v %s>%s\n\n", clock(at + begin), clock(at + end), name, line
        begin = i < said ? to[i] : 0
        line = ""
      }
    }'
}

# A hall for the assembly, a close microphone for the radio.
room_of() {
  case $1 in
    chronique-*) echo 'anull' ;;
    *) echo 'aecho=0.9:0.7:17|29|43:0.16|0.11|0.07' ;;
  esac
}

make() { # name
  list="$work/$1.list"
  : >"$list"
  n=0
  at=0
  if $only_transcripts; then printf 'WEBVTT\nLanguage: fr\n\n' >"$work/$1.vtt"; fi
  while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    n=$((n + 1))
    part=$(printf '%s/%s-%03d.wav' "$work" "$1" "$n")
    case $line in
      jingle) jingle "$part" ;;
      'silence '*) silence "$(awk "BEGIN { print ${line#silence } / 1000 }")" "$part" ;;
      *)
        speak "${line%%: *}" "${line#*: }" "$part"
        if $only_transcripts; then
          cues "${line%%: *}" "${line#*: }" "$part" "$at" >>"$work/$1.vtt"
          at=$(awk "BEGIN { print $at + $(seconds_of "$part") }")
        fi
        echo "file '$part'" >>"$list"
        part="$part.breath.wav"
        silence "$breath" "$part"
        ;;
    esac
    echo "file '$part'" >>"$list"
    if $only_transcripts; then at=$(awk "BEGIN { print $at + $(seconds_of "$part") }"); fi
  done <"$here/texts/$1.txt"
  if $only_transcripts; then
    cp "$work/$1.vtt" "$here/transcripts/$1.vtt"
    awk "BEGIN { printf \"%s: %.3f s\\n\", \"$1\", $at }"
    return
  fi
  ffmpeg -nostdin -v error -y -f concat -safe 0 -i "$list" -c:a pcm_s16le "$work/$1.wav"
  # A breath of room tone, so that a pause is a pause and not a fault of the line.
  ffmpeg -nostdin -v error -y -i "$work/$1.wav" -filter_complex "[0:a]$(room_of "$1")[s];\
anoisesrc=r=$rate:color=brown:amplitude=0.003:seed=7[n];[s][n]amix=inputs=2:duration=first:normalize=0" \
    -c:a pcm_s16le "$work/$1.mix.wav"
  loudness=$(ffmpeg -nostdin -hide_banner -i "$work/$1.mix.wav" -af ebur128 -f null - 2>&1 |
    sed -n 's/^ *I: *\(.*\) LUFS/\1/p' | tail -n 1)
  ffmpeg -nostdin -v error -y -i "$work/$1.mix.wav" -map_metadata -1 -fflags +bitexact -flags:a +bitexact \
    -af "volume=$(awk "BEGIN { print -20 - ($loudness) }")dB,aresample=48000,\
alimiter=limit=0.9:level=0:attack=4:release=60" \
    -ac 1 -c:a libopus -b:a 28k -application voip -frame_duration 40 "$here/sound/$1.opus"
  ffprobe -v error -show_entries format=duration,size -of csv=p=0 "$here/sound/$1.opus" | sed "s|^|$1: |"
}

mkdir -p "$here/sound" "$here/transcripts"
only_transcripts=false
if [ "${1:-}" = --transcripts ]; then
  only_transcripts=true
  shift
fi
if [ $# -eq 0 ]; then
  for text in "$here"/texts/*.txt; do set -- "$@" "$(basename "$text" .txt)"; done
fi
for name in "$@"; do make "$name"; done
