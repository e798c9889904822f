"""Five hundred commands for the shell, plain and hostile, and the files that they find."""

import random

LOG = "".join(
    f"2026-02-{d:02d} 0{d % 9}:1{d % 6} host sshd[{d * 37}]: {'Failed' if d % 3 else 'Accepted'}"
    f" password for user{d % 5} from 10.0.{d}.7 port {5000 + d}\n"
    for d in range(1, 25)
)
CSV = "name,team,amount\n" + "".join(f"p{i},{'abc'[i % 3]},{i * 7 % 13}\n" for i in range(20))
FILES = {
    "/home/user/auth.log": LOG,
    "/home/user/t.csv": CSV,
    "/home/user/d.json": '{"users":[{"name":"ada","age":31,"tags":["x","y"]},'
    '{"name":"bo","age":7,"tags":[]}],"n":3}\n',
    "/home/user/app.conf": '# settings\n[main]\nport = 8080\nhost=example.org\n\n[db]\nurl = "db://x"\n',
    "/home/user/src/main.py": "import os\n\ndef main():\n    print('hi')\n# TODO: x\n",
    "/home/user/src/util.py": "def f(x):\n    return x + 1\n",
    "/home/user/README.md": "# Title\n\nSome *text* here.\n- a\n- b\n",
    "/home/user/long.txt": "a" * 30_000 + "\n",
}
_PLAIN = r"""
grep Failed auth.log | wc -l
grep -c 'user[0-3]' auth.log
grep -oE '[0-9]{1,3}(\.[0-9]{1,3}){3}' auth.log | sort | uniq -c | sort -rn | head -3
grep -n 'Accepted.*port 50[01]' auth.log
grep -v '^#' app.conf
grep -E '^(port|host) *=' app.conf
grep -iw TITLE README.md
grep -rn TODO src
grep -l def src/*.py
grep -P '\bport\s+\d+$' auth.log | head -2
grep -E '(\w+)\[([0-9]+)\]: (Failed|Accepted)' auth.log | tail -2
grep -A1 -B1 main app.conf
grep -F '[db]' app.conf
grep '\(user\).*\1' auth.log | head -1
sed 's/Failed/FAIL/' auth.log | head -2
sed -n '3,5p' auth.log
sed -n '/\[db\]/,$p' app.conf
sed -E 's/^([a-z]+) *= *(.*)$/\2=\1/' app.conf
sed -e '/^#/d' -e '/^$/d' app.conf
sed 's/[0-9]\+/N/g' auth.log | head -1
sed '$d' t.csv | tail -1
sed 's|/|_|g;s/e/E/2' README.md
sed -E 's/(.)(.)/\2\1/g' t.csv | head -3
sed -n 's/.*from \([0-9.]*\) .*/\1/p' auth.log | head -3
sed '1!G;h;$!d' README.md
sed = README.md | sed 'N;s/\n/ /'
awk '{print $1}' auth.log | head -2
awk -F, '{print $2, $3}' t.csv | head -3
awk -F, 'NR>1{s[$2]+=$3} END{for(k in s) print k, s[k]}' t.csv | sort
awk '/Failed/{n++} END{print n}' auth.log
awk 'NR==2' README.md
awk '{print NR": "$0}' README.md
awk 'BEGIN{printf "%5.2f|%-6s|%04d\n", 3.14159, "ab", 7}'
awk '{gsub(/user/,"U"); print $9}' auth.log | head -2
awk 'length($0)>80' auth.log | wc -l
awk '{print toupper(substr($5,1,4))}' auth.log | head -1
awk -F'[][]' '{print $2}' auth.log | head -2
awk 'BEGIN{n=split("a:b:c",x,":"); print n, x[2]}'
awk '$3 ~ /host/ {c++} END {print c+0}' auth.log
cut -d, -f1,3 t.csv | head -3
cut -c1-10 auth.log | sort -u | head -2
sort -t, -k3 -n t.csv | tail -2
sort -r t.csv | head -2
uniq -c <<< $'a\na\nb'
tr a-z A-Z < README.md
tr -d '\n' < README.md
tr -s ' ' < app.conf
head -n 3 auth.log
tail -n +20 auth.log
wc auth.log t.csv
cat -n README.md
find . -name '*.py'
find . -type f -size +0 | sort
find . -name '*.md' -o -name '*.conf' | sort
find src -type f -exec wc -l {} \;
ls -la
ls -R
ls -1 src | xargs -I{} echo f:{}
jq '.users[].name' d.json
jq -r '.users[] | "\(.name) \(.age)"' d.json
jq '.users | map(select(.age > 10)) | length' d.json
jq -c '.users[0]' d.json
jq '.users | sort_by(.age) | .[0].name' d.json
jq 'keys' d.json
jq '[.users[].tags | length] | add' d.json
jq '.users[] | select(.name | test("^a")) | .age' d.json
jq -r '.users[].name | sub("a"; "A")' d.json
jq 'to_entries | map(.key)' d.json
diff src/main.py src/util.py
diff -u README.md app.conf
for f in src/*.py; do echo "$f: $(wc -l < $f)"; done
i=0; while [ $i -lt 5 ]; do i=$((i+1)); echo -n "$i "; done; echo
x=hello; echo ${x^^} ${x/l/L} ${x//l/L} ${#x} ${x:1:3} ${x%lo} ${x#he}
echo $((3*4+2**5-7%3)) $((1<<4|3)) $((10/3)) $((-7/2))
a=(1 2 3); echo ${a[@]} ${#a[@]} ${a[1]}; a+=(4); echo "${a[*]}"
declare -A m; m[x]=1; m[y]=2; for k in "${!m[@]}"; do echo $k=${m[$k]}; done | sort
f() { local v=$1; echo "f:$v"; return 3; }; f a; echo $?
case README.md in *.md) echo md;; *) echo other;; esac
[[ abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}
[[ -f t.csv && ! -d t.csv ]] && echo file
if grep -q ada d.json; then echo yes; else echo no; fi
echo {a,b}{1..3}
printf '%s-%03d\n' a 1 b 2
printf '%x %o %e\n' 255 8 12345.678
cat <<EOF | sed 's/x/y/'
x $((1+1)) $HOME
EOF
echo "a b  c" | read -r p q; echo "$p"
while IFS=, read -r n t a; do [ "$t" = a ] && echo $n; done < t.csv
seq 1 3 10
seq -s, 5
date +%Y
basename /a/b/c.txt .txt; dirname /a/b/c.txt
echo hello | md5sum
echo hello | sha256sum | cut -c1-16
base64 <<< hello
echo aGVsbG8K | base64 -d
stat -c '%s %n' README.md
du -a src | sort -k2
test -s README.md && echo nonempty
paste -d, README.md README.md | head -2
join -t, <(sort t.csv) <(sort t.csv) | head -2
comm -12 <(sort t.csv) <(sort README.md)
nl README.md
rev <<< abc
tac README.md
fold -w 20 README.md
expr 3 + 4
column -t -s, t.csv | head -3
od -c <<< ab
mkdir -p x/y && touch x/y/z && cp -r x w && mv w v && find v && rm -r x v && ls
ln -s README.md l && cat l && readlink l && rm l
chmod 600 t.csv && ls -l t.csv
echo one > f1; echo two >> f1; cat f1
cat nofile 2>/dev/null || echo missing
cat nofile 2>&1 | head -1
set -e; false; echo never
(cd src; pwd); pwd
export A=5; bash -c 'echo $A'
echo 'echo $1-$2' > s.sh; bash s.sh p q
tar -cf a.tar src && tar -tf a.tar
echo a:b:c | tr : '\n' | tail -1
echo "$(cat README.md | head -1)"
echo `wc -l < t.csv`
shopt -s extglob; ls !(*.log)
eval 'echo $((1+2))'
trapx 2>/dev/null; echo $?
true && echo t || echo f
rg TODO
tree src
file README.md
which ls
xargs -n1 echo <<< 'a b c'
echo 'a,b' | IFS=, read x y; echo done
strings README.md | head -1
split -l 10 auth.log part && ls part*
env | sort | head -3
echo ${undefined:-default} ${HOME:+set}
getopts ab: o -b 5; echo $o $OPTARG
printf '%q\n' "a b"
""".strip("\n")


def plain():
    """What people type."""
    found, here = [], []
    for line in _PLAIN.split("\n"):
        if here or "<<EOF" in line:
            here.append(line)
            if line == "EOF":
                found.append("\n".join(here))
                here = []
        else:
            found.append(line)
    return found


_ENDLESS = (
    "while true; do :; done",
    "until false; do x=$((x+1)); done",
    "for ((;;)); do echo y; done",
    "f() { f; }; f",
    "f() { f | f & }; f",
    "f() { $(f); }; f",
    "while :; do echo z >> z; done",
    "while :; do (:); done",
    "for i in {1..100000}; do :; done",
    "for i in $(seq 1 99999); do echo $i; done",
    "ln -s l l; cat l; cd l; find l",
    "ln -s . d; find d/d/d/d; ls -R d; grep -r x d",
    "bash -c 'while :; do :; done'",
    "eval 'while :; do :; done'",
    "echo 'bash s' > s; bash s",
    "echo '. ./s' > s; . ./s",
    "x='eval $x'; eval $x",
    "trap 'kill -USR1 $$' USR1; kill -USR1 $$",
    "trap false ERR; false",
    "alias a='a a'; a",
    "sleep infinity",
    "yes | while read x; do echo $x; done",
    "read x < <(while :; do :; done)",
    "awk 'BEGIN{while(1) i++; print i}'",
    "awk 'BEGIN{for(;;) x = x \"a\"}'",
    "sed ':a;ba' t.csv",
    "sed ':a;s/^/aaaa/;ta' t.csv",
    "sed -n ':a;G;h;ba' t.csv",
    "jq -n 'def f: f; f'",
    "jq -n 'def f: f,f; f'",
    "jq -n '[limit(99999999; repeat(1))] | length'",
    "jq -n 'last(range(1e9))'",
    "jq -n 'reduce range(1e8) as $i (0; .+$i)'",
    "jq -n '[recurse(.+1)] | length'",
    "jq -n '1 | until(. < 0; .+1)'",
    "find . -exec find . -exec find . \\; \\;",
    "xargs -I{} sh -c '{}' <<< 'while :; do :; done'",
    "timeout 5 bash -c 'while :; do :; done'; echo after",
    "while :; do :; done | cat",
    "while :; do :; done & echo after",
)
_LARGE = (
    "echo $((9**9**9))",
    "echo $((1 << 999999999))",
    "x=1; for i in {1..200}; do x=$((x*99999)); done; echo $x",
    "echo {1..1000000000}",
    "echo {a..z}{a..z}{a..z}{a..z}{a..z}",
    "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done",
    "x=a; for i in {1..40}; do x=$x$x; done; echo ${#x}",
    "x=$(seq 1 9999); y=${x//1/$x}; echo ${#y}",
    "printf %999999999d 1",
    "printf '%*d' 999999999 1",
    "printf %.999999999f 1",
    "printf %999999999s | wc -c",
    "seq 1 1000000000 | wc -l",
    "seq -w 1 99999999 | tail -1",
    "seq -f %0999999999g 1",
    "head -c 1000000000 /dev/zero | wc -c",
    "truncate -s 9999999999G z; ls -l z",
    "while :; do cat z z > y; cat y y > z; echo x >> z; done",
    "echo x > z; for i in {1..40}; do cat z z > y; cp y z; done; wc -c z",
    "awk 'BEGIN{print 9^9^9}'",
    "awk 'BEGIN{x=\"a\"; for(i=0;i<60;i++) x = x x; print length(x)}'",
    "awk 'BEGIN{printf \"%999999999d\", 1}'",
    "awk 'BEGIN{for(i=0;i<1e9;i++) a[i]=i}'",
    "jq -n '[range(1e9)] | length'",
    "jq -n '\"a\" * 1000000000 | length'",
    "jq -n '[range(9999)] | combinations(9) | length'",
    "jq -n '[[range(300)],[range(300)],[range(300)]] | [combinations] | length'",
    "jq -n 'reduce range(60) as $i (\"a\"; . + .) | length'",
    "jq -n 'pow(10; 400) | tostring'",
    "jq -n '[range(100000)] | map([range(1000)]) | length'",
    "jq -n '[limit(5; range(1e9))] | implode'",
    "sed 's/./&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&/g' long.txt | sed 's/./&&&&&&&&&&/g' | wc -c",
    "sed ':a;s/.*/&&/;ta' README.md",
    "fold -w 1 long.txt | wc -l",
    "expand -t 999999999 <<< $'a\\tb' | wc -c",
    "column -t long.txt | wc -c",
    "nl -w 999999999 README.md | wc -c",
    "diff long.txt auth.log | wc -l",
    "diff <(seq 1 3000) <(seq 3000 -1 1) | wc -l",
    "tr a b < long.txt | rev | sort | uniq -c | wc -c",
    "x=$(cat long.txt); for i in {1..20}; do x=${x/a/$x}; done; echo ${#x}",
    "a=(); for i in {1..99999}; do a+=($i); done; echo ${#a[@]}",
    "echo ${x:=$(yes | head -c 99999999)} | wc -c",
    "mkdir -p $(printf 'a/%.0s' {1..3000}); find . | wc -l",
    "touch f{1..9999}; ls | wc -l",
    "tar -cf z . ; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do tar -cf z$i .; done; ls",
    "expr 9999999999999999999 '*' 9999999999999999999",
    "jq -n '" + "[" * 5_000 + "'",
    "echo " + "$(echo " * 300 + ")" * 300,
    "echo $((" + "(" * 3_000 + "1" + ")" * 3_000 + "))",
    "(" * 2_000 + "echo" + ")" * 2_000,
    "if true; then " * 500 + ":" + "; fi" * 500,
    "echo " + "{a," * 2_000 + "b" + "}" * 2_000,
    "echo " + "x" * 90_000 + " | wc -c",
    "echo " + "$x" * 20_000,
    "cat <<E\n" + "y\n" * 20_000 + "E",
    ": " + ";" * 20_000,
    "true " + "| true " * 2_000,
    "true " + "&& true " * 3_000,
)
_PATTERNS = (
    "(a+)+b",
    "(a*)*b",
    "(a|aa)+b",
    "(a|a)*b",
    "(.*)*b",
    "a*a*a*a*a*a*a*a*b",
    ".*.*.*.*.*.*=x",
    "(a?){30}a{30}b",
    "((a{0,9}){0,9}){0,9}b",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "([a-zA-Z]+)*1",
    "(a{1,30000}){1,30000}b",
    "(x+x+)+y|(a+a+)+b",
)
_MATCHERS = (
    "grep -E 'PATTERN' long.txt | wc -c",
    "grep -c -P 'PATTERN' long.txt",
    "head -c 40 long.txt | grep -oE 'PATTERN'",
    "sed -E 's/PATTERN/x/g' long.txt | wc -c",
    "awk '/PATTERN/{n++} END{print n+0}' long.txt",
    'jq -Rn --arg x "$(cat long.txt)" \'$x | test("PATTERN")\'',
    "x=$(cat long.txt); [[ $x =~ PATTERN ]]; echo $?",
    "rg 'PATTERN' | wc -c",
    "find . -regex 'PATTERN'",
)
_GLOBS = (
    "*a*a*a*a*a*a*a*b",
    "*?*?*?*?*?*?*b",
    "[a-z]*[a-z]*[a-z]*[a-z]*b",
    "+(a|aa)b",
    "*(*(*(a)))b",
)
_GLOBBERS = (
    "x=$(cat long.txt); case $x in PATTERN) echo y;; *) echo n;; esac",
    "x=$(cat long.txt); shopt -s extglob; [[ $x == PATTERN ]]; echo $?",
    "x=$(cat long.txt); shopt -s extglob; y=${x##PATTERN}; z=${x//PATTERN/y}; echo ${#y} ${#z}",
    "find . -name 'PATTERN'",
)
_CLOCKS = (
    "echo $SECONDS $RANDOM $RANDOM $$ $PPID $BASHPID",
    "echo $EPOCHSECONDS $EPOCHREALTIME $SRANDOM",
    "printf '%(%s)T %(%F)T\\n' -1",
    "awk 'BEGIN{srand(); print systime(), rand(), strftime(\"%F\")}'",
    "jq -n 'now, (now|todate), (now|localtime|mktime)'",
    "date; date +%s%N; date -d yesterday; touch z; stat z; ls -la --time-style=full-iso",
    "mktemp; mktemp -d; ls /tmp",
    "sort -R t.csv | head -1; shuf t.csv | head -1",
    "find . -mmin -5 -newer t.csv; time true; times; uptime; cat /proc/uptime /dev/urandom | head -c 9",
    "jq -n 'env | keys'; env; awk 'BEGIN{for(k in ENVIRON) print k}'; declare -p | head",
)
_LETTERS = [
    *" \n;&|()<>{}[]$`'\"\\#!*?=~",
    "$((",
    "))",
    "<<E",
    "${",
    "rm",
    "a",
    "echo",
    "if",
    "done",
    "&&",
]


def garbage(count):
    """What nobody types."""
    draw = random.Random(16)
    return ["".join(draw.choices(_LETTERS, k=draw.randint(1, 30))) for _ in range(count)]


def commands():
    """All of them; what ends nothing stands beside what does."""
    found = [*plain(), *_ENDLESS, *_LARGE, *_CLOCKS]
    found += [m.replace("PATTERN", p) for m in _MATCHERS for p in _PATTERNS]
    found += [m.replace("PATTERN", p) for m in _GLOBBERS for p in _GLOBS]
    return found + garbage(520 - len(found))
