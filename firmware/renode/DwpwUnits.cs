// Runs every custom-0 instruction by the library beside this file.
//
// Renode's own CoSimulatedCFU writes rd even where it is x0, which Renode's CPU does not allow and
// most of our instructions have. So this handler leaves x0 alone, and the kernels are those of the
// SoC, unchanged.
using System;
using System.Runtime.InteropServices;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.CPU;

namespace Antmicro.Renode.Hooks
{
    public static class DwpwUnits
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate ulong Execute(uint functionId, uint a, uint b, out int error);

        // By the system's own loader, so that the library may lie in any folder.
        [DllImport("libdl.so.2")]
        private static extern IntPtr dlopen(string file, int flags);

        [DllImport("libdl.so.2")]
        private static extern IntPtr dlsym(IntPtr library, string name);

        private const int Now = 2; // RTLD_NOW
        private const string CustomZero = "-------------------------0001011";

        public static void InstallDwpwUnits(this BaseRiscV cpu, string library)
        {
            var handle = dlopen(library, Now);
            var symbol = handle == IntPtr.Zero ? IntPtr.Zero : dlsym(handle, "execute");
            if(symbol == IntPtr.Zero)
            {
                throw new RecoverableException(library + ": is no library of dwpw renode for this computer");
            }
            var execute = (Execute)Marshal.GetDelegateForFunctionPointer(symbol, typeof(Execute));

            cpu.InstallCustomInstruction(CustomZero, word =>
            {
                int error;
                var functionId = Field(word, 25, 7) << 3 | Field(word, 12, 3);
                var result = execute((uint)functionId, Register(cpu, Field(word, 15, 5)), Register(cpu, Field(word, 20, 5)), out error);
                var rd = Field(word, 7, 5);
                if(rd != 0)
                {
                    cpu.SetRegister(rd, result);
                }
            }, "dwpw");
        }

        private static int Field(ulong word, int position, int width)
        {
            return (int)(word >> position) & ((1 << width) - 1);
        }

        private static uint Register(BaseRiscV cpu, int number)
        {
            return (uint)cpu.GetRegister(number).RawValue;
        }
    }
}
