# Prints what fish offers at the end of each command line.
#   fish --no-config offers.fish SCRIPT LINE...
source $argv[1]
for line in $argv[2..]
    echo "at $line"
    complete -C "$line"
end
