# The contract that ships.
.
