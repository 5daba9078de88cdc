from yole.cli import main

main()
