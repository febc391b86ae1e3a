// What DwpwUnits.cs needs of Renode, and a program that runs instructions through it:
//
//     mono cpu.exe LIBRARY PROGRAM     PROGRAM: lines "word a b", with a and b in x5 and x6
//
// It prints what is in x7 behind each of them.
using System;
using System.IO;

namespace Antmicro.Renode.Exceptions
{
    public class RecoverableException : Exception
    {
        public RecoverableException(string message) : base(message)
        {
        }
    }
}

namespace Antmicro.Renode.Peripherals.CPU
{
    public struct RegisterValue
    {
        public ulong RawValue;

        public static implicit operator RegisterValue(ulong value)
        {
            return new RegisterValue { RawValue = value };
        }
    }

    public class BaseRiscV
    {
        public Action<ulong> Handler;
        private readonly ulong[] registers = new ulong[32];

        public RegisterValue GetRegister(int number)
        {
            return registers[number];
        }

        public void SetRegister(int number, RegisterValue value)
        {
            if(number == 0)
            {
                throw new ArgumentException("The 'X0' register is read-only");
            }
            registers[number] = value.RawValue;
        }

        public bool InstallCustomInstruction(string pattern, Action<ulong> handler, string name = null)
        {
            Handler = handler;
            return pattern == "-------------------------0001011";
        }
    }
}

public static class Program
{
    public static int Main(string[] arguments)
    {
        var cpu = new Antmicro.Renode.Peripherals.CPU.BaseRiscV();
        try
        {
            Antmicro.Renode.Hooks.DwpwUnits.InstallDwpwUnits(cpu, arguments[0]);
        }
        catch(Antmicro.Renode.Exceptions.RecoverableException error)
        {
            Console.WriteLine(error.Message);
            return 1;
        }
        foreach(var line in File.ReadLines(arguments[1]))
        {
            var numbers = Array.ConvertAll(line.Split(' '), ulong.Parse);
            cpu.SetRegister(5, numbers[1]);
            cpu.SetRegister(6, numbers[2]);
            cpu.Handler(numbers[0]);
            Console.WriteLine(cpu.GetRegister(7).RawValue);
        }
        return 0;
    }
}
